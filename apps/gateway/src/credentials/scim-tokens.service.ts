import { timingSafeEqual } from 'node:crypto';
import { isId, Refusal } from '@tidegate/contracts';
import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '@tidegate/database';
import { type ScimProfile } from '@tidegate/scim';
import { CallCounts } from '../integrations/call-counts.service.js';
import { recordCall } from '../integrations/lifecycle.js';
import { ScimTokenEntity } from './scim-token.entity.js';
import { findToken, type StoredToken, type TokenKey } from './tokens.queries.js';
import { findAccessToken, markClientUsed } from './access-tokens.queries.js';
import { stateKey } from './state-key.js';
import { Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';
import { actorOf } from '../callers/actor.rule.js';
import { hashOf, looksLikeSecret } from '../http/bearer.rule.js';
import { type Credential, type RefusedCredential } from '../callers/caller.js';
import { SecretLookups } from '../limits/secret-lookups.limiter.js';
import { idInToken } from './token-format.rule.js';

/** A token of an integration; `ended` is the reason if it is not valid. */
export interface ValidatedToken {
  credential: Credential;
  profile: ScimProfile;
  groupsToSync: string[];
  ended?: Exclude<RefusedCredential['reason'], 'bare'>;
}

/** The call with the token. */
interface TokenCall {
  /** From the path; not validated. */
  integrationId: string;
  requestId: string;
  /** The network of the caller. */
  from: string | null;
}

/**
 * The refusal for a disabled integration. 403 and not 401, because the credential is valid; Okta shows the message with the
 * failed task.
 */
export const disabled = (): Refusal =>
  new Refusal('notAllowed', 'This integration is disabled in Tidegate. An administrator can enable it again.');

/** A token from the database; `markUsed` records its use. */
interface TokenRecord extends Omit<StoredToken, 'hash' | 'id'> {
  credential: Credential;
  markUsed(tx: Tx): Promise<void>;
}

/** Validates SCIM credentials. */
@Injectable()
export class ScimTokens {
  constructor(
    private readonly database: Database,
    private readonly lookups: SecretLookups,
    private readonly counts: CallCounts,
    private readonly secrets: Secrets<Purpose>,
  ) {}

  /**
   * Validates a token for the integration in the path. The first call with a valid token makes the integration active.
   * @returns undefined when the token never belonged to that integration
   * @throws as `SecretLookups.find`
   */
  async validate(secret: string, call: TokenCall): Promise<ValidatedToken | undefined> {
    const { integrationId } = call;
    const lookup = isId(integrationId) ? this.lookupOf(secret, call) : undefined;
    if (!lookup) return undefined;
    const name = integrationId + hashOf(secret).toString('base64');
    const isValid = ({ ended }: ValidatedToken) => !ended || ended === 'disabled';
    return this.lookups.find(name, () => this.runLookup(lookup, call), isValid);
  }

  /** Looks the token up within the integration of the path: row-level security hides all others. */
  private runLookup(
    lookup: (tx: Tx) => Promise<TokenRecord | undefined>,
    { integrationId, requestId, from }: TokenCall,
  ): Promise<ValidatedToken | undefined> {
    return this.database.transaction({ integrationIds: [integrationId] }, async (tx) => {
      const token = await lookup(tx);
      if (!token) return undefined;
      const { credential, profile, groupsToSync, ended } = token;
      const validated = { credential, profile, groupsToSync };
      if (ended) {
        // Expired access tokens are normal: the client gets a new one.
        if (credential.kind === 'token') this.counts.countRefusedCredential(integrationId);
        return { ...validated, ended };
      }
      if (token.stale) await token.markUsed(tx);
      const actor = actorOf({ kind: 'scim', integrationId, ...validated }, { network: from });
      if (token.callIsDue) await recordCall(tx, integrationId, { requestId, actor });
      return token.disabled ? { ...validated, ended: 'disabled' } : validated;
    });
  }

  /** @returns the lookup of a token, or undefined for strings that are not tokens */
  private lookupOf(
    secret: string,
    { integrationId, from }: TokenCall,
  ): ((tx: Tx) => Promise<TokenRecord | undefined>) | undefined {
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
  ): Promise<TokenRecord | undefined> {
    const token = await findToken(tx, integrationId, key);
    const hash = 'id' in key ? this.secrets.hash('scim token', secret) : key.hash;
    if (!token || !timingSafeEqual(token.hash, hash)) return undefined;
    const { id } = token;
    const markUsed = async (used: Tx) => {
      const values = { lastUsedAt: () => 'now()', lastUsedFrom: from };
      await used.update(ScimTokenEntity, { integrationId, id }, values);
    };
    return { ...token, credential: { kind: 'token', id }, markUsed };
  }

  /** Access tokens are issued after a consent (`AccessToken`) or for client credentials (`ClientCredentials`). */
  private async findAccessToken(tx: Tx, integrationId: string, secret: string): Promise<TokenRecord | undefined> {
    const key = (model: string) => stateKey(this.secrets, integrationId, model, secret);
    const token = await findAccessToken(tx, integrationId, [key('AccessToken'), key('ClientCredentials')]);
    if (!token) return undefined;
    const credential = { kind: 'oauth', id: token.id } as const;
    return { ...token, credential, markUsed: (used) => markClientUsed(used, integrationId) };
  }
}

/** @returns the lookup key of a SCIM token, or undefined for strings that are not tokens */
function keyOf(secret: string): TokenKey | undefined {
  const id = idInToken(secret);
  if (id !== undefined) return { id };
  return looksLikeSecret('tgs_', secret) ? { hash: hashOf(secret) } : undefined;
}
