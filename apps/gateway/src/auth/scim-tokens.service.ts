import { timingSafeEqual } from 'node:crypto';
import { isId, Refusal } from '@tidegate/contracts';
import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '@tidegate/database';
import { type ScimProfile } from '@tidegate/scim';
import { CallCounts } from '../integrations/call-counts.js';
import { recordCall } from '../integrations/lifecycle.js';
import { findToken, type StoredToken, markUsed, type TokenKey } from '../integrations/tokens.queries.js';
import { findAccessToken, markClientUsed } from '../oauth/access-tokens.queries.js';
import { stateKey } from '../oauth/state-key.js';
import { Secrets } from '../secrets/secrets.service.js';
import { actorOf } from './actor.rule.js';
import { hashOf, looksLikeSecret } from './bearer.rule.js';
import { type Credential, type RefusedCredential } from './caller.js';
import { SecretLookups } from './secret-lookups.js';
import { idInToken } from './token-text.rule.js';

/** A token of an integration: good, or why it is not. */
export interface Recognized {
  credential: Credential;
  profile: ScimProfile;
  groupsToSync: string[];
  ended?: Exclude<RefusedCredential['reason'], 'bare'>;
}

/** Where a token is shown. */
interface Presented {
  /** As it stands in the path: any text. */
  integrationId: string;
  requestId: string;
  /** The network of the caller. */
  from: string | null;
}

/**
 * What a client of a disabled integration is told. 403 and not 401: the credential is good, so there is no use in getting
 * another, and Okta shows the sentence beside the failed task.
 */
export const disabled = (): Refusal =>
  new Refusal('notAllowed', 'This integration is disabled in Tidegate. An administrator can enable it again.');

/** A token as it was found, and how its use is written down. */
interface Found extends Omit<StoredToken, 'hash' | 'id'> {
  credential: Credential;
  markUsed(tx: Tx): Promise<void>;
}

/** Tells whether a token belongs to an integration, and how that integration speaks. */
@Injectable()
export class ScimTokens {
  constructor(
    private readonly database: Database,
    private readonly lookups: SecretLookups,
    private readonly counts: CallCounts,
    private readonly secrets: Secrets,
  ) {}

  /**
   * The first call with a good token proves that Okta and Tidegate reach one another: it makes the integration active.
   * @returns undefined for what is no token of the integration in the path, and never was
   * @throws as `SecretLookups.find`
   */
  async recognize(secret: string, presented: Presented): Promise<Recognized | undefined> {
    const { integrationId } = presented;
    const find = isId(integrationId) ? this.finderOf(secret, presented) : undefined;
    if (!find) return undefined;
    const name = integrationId + hashOf(secret).toString('base64');
    const isGood = ({ ended }: Recognized) => !ended || ended === 'disabled';
    return this.lookups.find(name, () => this.ask(find, presented), isGood);
  }

  /** The token is looked for within the path's integration: row-level security hides all others. */
  private ask(
    find: (tx: Tx) => Promise<Found | undefined>,
    { integrationId, requestId, from }: Presented,
  ): Promise<Recognized | undefined> {
    return this.database.transaction({ integrationIds: [integrationId] }, async (tx) => {
      const token = await find(tx);
      if (!token) return undefined;
      const { credential, profile, groupsToSync, ended } = token;
      const recognized = { credential, profile, groupsToSync };
      if (ended) {
        // An access token that has run out is a matter of course: its client gets the next.
        if (credential.kind === 'token') this.counts.countRefusedCredential(integrationId);
        return { ...recognized, ended };
      }
      if (token.stale) await token.markUsed(tx);
      const actor = actorOf({ kind: 'scim', integrationId, ...recognized }, { network: from });
      if (token.callIsDue) await recordCall(tx, integrationId, { requestId, actor });
      return token.disabled ? { ...recognized, ended: 'disabled' } : recognized;
    });
  }

  /** @returns how to look a token up, or undefined for what was never given out: it needs no lookup */
  private finderOf(
    secret: string,
    { integrationId, from }: Presented,
  ): ((tx: Tx) => Promise<Found | undefined>) | undefined {
    if (looksLikeSecret('tga_', secret)) return (tx) => this.findAccessToken(tx, integrationId, secret);
    const key = keyOf(secret);
    return key && ((tx) => this.findScimToken(tx, integrationId, secret, key, from));
  }

  private async findScimToken(
    tx: Tx,
    integrationId: string,
    secret: string,
    key: TokenKey,
    from: string | null,
  ): Promise<Found | undefined> {
    const token = await findToken(tx, integrationId, key);
    const hash = 'id' in key ? this.secrets.hash('scim token', secret) : key.hash;
    if (!token || !timingSafeEqual(token.hash, hash)) return undefined;
    const { id } = token;
    return { ...token, credential: { kind: 'token', id }, markUsed: (used) => markUsed(used, integrationId, id, from) };
  }

  /** An access token came of an administrator's consent, or of the client's secret alone. */
  private async findAccessToken(tx: Tx, integrationId: string, secret: string): Promise<Found | undefined> {
    const key = (model: string) => stateKey(this.secrets, integrationId, model, secret);
    const token = await findAccessToken(tx, integrationId, [key('AccessToken'), key('ClientCredentials')]);
    if (!token) return undefined;
    const credential = { kind: 'oauth', id: token.id } as const;
    return { ...token, credential, markUsed: (used) => markClientUsed(used, integrationId) };
  }
}

/** @returns by what a SCIM token is to be looked for, or undefined for what was never given out */
function keyOf(secret: string): TokenKey | undefined {
  const id = idInToken(secret);
  if (id !== undefined) return { id };
  return looksLikeSecret('tgs_', secret) ? { hash: hashOf(secret) } : undefined;
}
