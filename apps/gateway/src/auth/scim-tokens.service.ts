import { isId, Refusal } from '@tidegate/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { type ScimProfile } from '@tidegate/scim';
import { CallCounts } from '../integrations/call-counts.js';
import { noteCall } from '../integrations/lifecycle.js';
import { findToken, type FoundToken, hadToken, markUsed } from '../integrations/tokens.queries.js';
import { hashOf, looksLikeSecret } from './bearer.rule.js';
import { SecretLookups } from './secret-lookups.js';

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
  ) {}

  /**
   * The first call with a good token proves that Okta and Tidegate reach one another: it makes the integration active.
   * @param integrationId as it stands in the path: any text
   * @returns how the integration's client speaks SCIM, or undefined when the token is not good here
   * @throws Refusal `notAllowed` when the integration is disabled; as `SecretLookups.find`
   */
  async profileFor(secret: string, integrationId: string, requestId: string): Promise<ScimProfile | undefined> {
    if (!isId(integrationId) || !looksLikeSecret('tgs_', secret)) return undefined;
    const hash = hashOf(secret);
    const key = integrationId + hash.toString('base64');
    const token = await this.lookups.find(key, () => this.ask(hash, integrationId, requestId));
    if (token?.disabled) throw disabled();
    return token?.profile;
  }

  /** The token is looked for within the path's integration: row-level security hides all others. */
  private ask(hash: Buffer, integrationId: string, requestId: string): Promise<FoundToken | undefined> {
    return this.database.transaction({ integrationIds: [integrationId] }, async (tx) => {
      const token = await findToken(tx, integrationId, hash);
      if (!token) {
        if (await hadToken(tx, integrationId, hash)) this.counts.countRefusedCredential(integrationId);
        return undefined;
      }
      if (token.stale) await markUsed(tx, integrationId, token.id);
      if (token.unheard) await noteCall(tx, integrationId, requestId);
      return token;
    });
  }
}
