import { Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';
import { ApiKeys } from './api-keys.service.js';
import { looksLikeSecret, newSecret } from '../http/bearer.rule.js';
import { type Identity, type Person } from '../callers/caller.js';
import { ROOT_RIGHTS, type IdentityRights } from './identity-rights.rule.js';
import { SecretLookups } from '../limits/secret-lookups.limiter.js';
import { SessionEntity } from './session.entity.js';
import { deleteExpiredSessions, insertSession, listSessions, useSession } from './sessions.queries.js';
import { IdentityRightsService } from './identity-rights.service.js';

/** A successful login. */
export interface Login {
  identity: Identity;
  /** Hash of the API key of the login. */
  keyHash?: Buffer;
  /** Time of the authentication; undefined when the provider does not report it. */
  authenticatedAt: Date | undefined;
}
const NEVER_AUTHENTICATED = new Date(0);

/** Server-side sessions of persons. The cookie contains only a secret. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets<Purpose>,
    private readonly lookups: SecretLookups,
    private readonly apiKeys: ApiKeys,
    private readonly identityRights: IdentityRightsService,
  ) {}

  /**
   * @returns the person of the session, with rights at most a second old
   * @throws as `SecretLookups.find`
   */
  async find(secret: string): Promise<Person | undefined> {
    if (!looksLikeSecret('tgw_', secret)) return undefined;
    const hash = this.hash(secret);
    const csrfToken = this.hash(`csrf ${secret}`).toString('base64url');
    return this.lookups.find(`session ${hash.toString('base64')}`, () => this.lookUp(hash, csrfToken));
  }

  /**
   * Opens a session with a new secret and deletes the previous one of the browser.
   * @returns the secret of the session
   */
  async open({ identity, keyHash, authenticatedAt }: Login, replaced: string | undefined): Promise<string> {
    const secret = newSecret('tgw_');
    const proof = { keyHash: keyHash ?? null, authenticatedAt: authenticatedAt ?? NEVER_AUTHENTICATED };
    const row = { id: uuidv7(), hash: this.hash(secret), ...identity, ...proof };
    await this.database.unscoped(async (tx) => {
      await deleteExpiredSessions(tx);
      if (replaced !== undefined) await tx.delete(SessionEntity, { hash: this.hash(replaced) });
      await insertSession(tx, row);
    });
    return secret;
  }

  async close(secret: string): Promise<void> {
    await this.database.unscoped((tx) => tx.delete(SessionEntity, { hash: this.hash(secret) }));
  }

  /** @returns the active sessions of a person */
  list(identity: Identity): Promise<SessionEntity[]> {
    return this.database.unscoped((tx) => listSessions(tx, identity));
  }

  /** Ends a session; all gateways refuse it within a second. @throws Refusal `missing` */
  async revoke({ issuer, subject }: Identity, id: string): Promise<void> {
    const deleted = await this.database.unscoped((tx) => tx.delete(SessionEntity, { issuer, subject, id }));
    if (deleted === 0) throw new Refusal('missing', 'No such session.');
  }

  /** @returns the rights of an identity; undefined without any */
  rightsOf(identity: Identity): Promise<IdentityRights | undefined> {
    return this.identityRights.find(identity);
  }

  private async lookUp(hash: Buffer, csrfToken: string): Promise<Person | undefined> {
    const session = await this.database.unscoped((tx) => useSession(tx, hash));
    if (!session) return undefined;
    const { id: sessionId, issuer, subject, keyHash } = session;
    const authenticatedAt = session.authenticatedAt.getTime();
    const rights = keyHash ? await this.rightsOfKey(keyHash) : await this.rightsOf(session);
    return rights && { kind: 'person', sessionId, issuer, subject, authenticatedAt, csrfToken, ...rights };
  }

  private async rightsOfKey(keyHash: Buffer): Promise<typeof ROOT_RIGHTS | undefined> {
    return (await this.apiKeys.isRoot(keyHash)) ? ROOT_RIGHTS : undefined;
  }

  private hash(secret: string): Buffer {
    return this.secrets.hash('session', secret);
  }
}
