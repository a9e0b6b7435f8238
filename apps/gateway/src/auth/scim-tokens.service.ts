import { timingSafeEqual } from 'node:crypto';
import { isId, Refusal } from '@tidegate/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { type ScimProfile } from '@tidegate/scim';
import { CallCounts } from '../integrations/call-counts.js';
import { noteCall } from '../integrations/lifecycle.js';
import { findToken, markUsed, type TokenKey } from '../integrations/tokens.queries.js';
import { Secrets } from '../secrets/secrets.service.js';
import { hashOf, looksLikeSecret } from './bearer.rule.js';
import { type Credential, type RefusedCredential } from './caller.js';
import { SecretLookups } from './secret-lookups.js';
import { idInToken } from './token-text.rule.js';

/** A token of an integration: good, or why it is not. */
export interface Recognized {
  credential: Credential;
  profile: ScimProfile;
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
    const key = keyOf(secret);
    if (!key || !isId(presented.integrationId)) return undefined;
    const name = presented.integrationId + hashOf(secret).toString('base64');
    const isGood = ({ ended }: Recognized) => !ended || ended === 'disabled';
    return this.lookups.find(name, () => this.ask(secret, key, presented), isGood);
  }

  /** The token is looked for within the path's integration: row-level security hides all others. */
  private ask(
    secret: string,
    key: TokenKey,
    { integrationId, requestId, from }: Presented,
  ): Promise<Recognized | undefined> {
    return this.database.transaction({ integrationIds: [integrationId] }, async (tx) => {
      const token = await findToken(tx, integrationId, key);
      const hash = 'id' in key ? this.secrets.hash('scim token', secret) : key.hash;
      if (!token || !timingSafeEqual(token.hash, hash)) return undefined;
      const { id, profile, ended } = token;
      const recognized = { credential: { kind: 'token', id } as const, profile };
      if (ended) {
        this.counts.countRefusedCredential(integrationId);
        return { ...recognized, ended };
      }
      if (token.stale) await markUsed(tx, integrationId, id, from);
      if (token.unheard) await noteCall(tx, integrationId, requestId);
      return token.disabled ? { ...recognized, ended: 'disabled' } : recognized;
    });
  }
}

/** @returns by what the token is to be looked for, or undefined for what was never given out: it needs no lookup */
function keyOf(secret: string): TokenKey | undefined {
  const id = idInToken(secret);
  if (id !== undefined) return { id };
  return looksLikeSecret('tgs_', secret) ? { hash: hashOf(secret) } : undefined;
}
