import { Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { Secrets } from '../secrets/secrets.service.js';
import { ApiKeys } from './api-keys.service.js';
import { looksLikeSecret, newSecret } from './bearer.rule.js';
import { type Person } from './caller.js';
import { type Identity } from './people.queries.js';
import { ROOT_STANDING, type Standing } from './people.rule.js';
import { SecretLookups } from './secret-lookups.js';
import {
  deleteDeadSessions,
  deleteSession,
  deleteSessionByHash,
  insertSession,
  listSessions,
  type Session,
  useSession,
} from './sessions.queries.js';
import { Standings } from './standings.service.js';

/** What a session begins with. */
export interface Login {
  identity: Identity;
  /** Of the API key that vouched. */
  keyHash?: Buffer;
  /** When the person proved who it is; undefined when nobody says. */
  authenticatedAt: Date | undefined;
}
const LONG_AGO = new Date(0);

/** The sessions of persons, kept here: the cookie holds nothing but a secret to find one by. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly lookups: SecretLookups,
    private readonly apiKeys: ApiKeys,
    private readonly standings: Standings,
  ) {}

  /**
   * @returns whose session it is, and what that person may do as of a second ago at most
   * @throws as `SecretLookups.find`
   */
  async find(secret: string): Promise<Person | undefined> {
    if (!looksLikeSecret('tgw_', secret)) return undefined;
    const hash = this.hash(secret);
    const csrfToken = this.hash(`csrf ${secret}`).toString('base64url');
    return this.lookups.find(`session ${hash.toString('base64')}`, () => this.lookUp(hash, csrfToken));
  }

  /**
   * Opens a session, in place of the one that the same browser had: its secret is never used on.
   * @returns the secret of the session
   */
  async open({ identity, keyHash, authenticatedAt }: Login, replaced: string | undefined): Promise<string> {
    const secret = newSecret('tgw_');
    const proof = { keyHash: keyHash ?? null, authenticatedAt: authenticatedAt ?? LONG_AGO };
    const row = { id: uuidv7(), hash: this.hash(secret), ...identity, ...proof };
    await this.database.unscoped(async (tx) => {
      await deleteDeadSessions(tx);
      if (replaced !== undefined) await deleteSessionByHash(tx, this.hash(replaced));
      await insertSession(tx, row);
    });
    return secret;
  }

  async close(secret: string): Promise<void> {
    await this.database.unscoped((tx) => deleteSessionByHash(tx, this.hash(secret)));
  }

  /** All sessions of a person. */
  list(identity: Identity): Promise<Session[]> {
    return this.database.unscoped((tx) => listSessions(tx, identity));
  }

  /** Ends one session of a person; every gateway refuses it within a second. @throws Refusal `missing` */
  async revoke(identity: Identity, id: string): Promise<void> {
    if (!(await this.database.unscoped((tx) => deleteSession(tx, identity, id))))
      throw new Refusal('missing', 'No such session.');
  }

  /** What an identity may do; undefined when it may not come in. */
  standing(identity: Identity): Promise<Standing | undefined> {
    return this.standings.of(identity);
  }

  private async lookUp(hash: Buffer, csrfToken: string): Promise<Person | undefined> {
    const session = await this.database.unscoped((tx) => useSession(tx, hash));
    if (!session) return undefined;
    const { id: sessionId, issuer, subject, keyHash } = session;
    const authenticatedAt = session.authenticatedAt.getTime();
    const standing = keyHash ? await this.standingOfKey(keyHash) : await this.standing(session);
    return standing && { kind: 'person', sessionId, issuer, subject, authenticatedAt, csrfToken, ...standing };
  }

  private async standingOfKey(keyHash: Buffer): Promise<typeof ROOT_STANDING | undefined> {
    return (await this.apiKeys.isRoot(keyHash)) ? ROOT_STANDING : undefined;
  }

  private hash(secret: string): Buffer {
    return this.secrets.hash('session', secret);
  }
}
