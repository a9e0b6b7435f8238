import { isId } from '@tidegate/contracts';
import { Injectable } from '@nestjs/common';
import { Database, recordFacts } from '@tidegate/database';
import { type ScimProfile } from '@tidegate/scim';
import { markActive } from '../integrations/integrations.queries.js';
import { told } from '../integrations/integrations.service.js';
import { findToken, markUsed } from '../integrations/tokens.queries.js';
import { hashOf, looksLikeSecret } from './bearer.rule.js';
import { SecretLookups } from './secret-lookups.js';

/** Tells whether a token belongs to an integration, and how that integration speaks. */
@Injectable()
export class ScimTokens {
  constructor(
    private readonly database: Database,
    private readonly lookups: SecretLookups,
  ) {}

  /**
   * The first call with a good token proves that Okta and Tidegate reach one another: it makes the integration active.
   * @param integrationId as it stands in the path: any text
   * @returns how the integration's client speaks SCIM, or undefined when the token is not good here
   * @throws as `SecretLookups.find`
   */
  async profileFor(secret: string, integrationId: string, requestId: string): Promise<ScimProfile | undefined> {
    if (!isId(integrationId) || !looksLikeSecret('tgs_', secret)) return undefined;
    const hash = hashOf(secret);
    return this.lookups.find(integrationId + hash.toString('base64'), () => this.ask(hash, integrationId, requestId));
  }

  /** The token is looked for within the path's integration: row-level security hides all others. */
  private ask(hash: Buffer, integrationId: string, requestId: string): Promise<ScimProfile | undefined> {
    return this.database.transaction({ integrationIds: [integrationId] }, async (tx) => {
      const token = await findToken(tx, integrationId, hash);
      if (!token) return undefined;
      if (token.stale) await markUsed(tx, integrationId, token.id);
      const activated = token.initializing ? await markActive(tx, integrationId) : undefined;
      if (activated) await recordFacts(tx, 'gateway', [told('integration.updated', activated, requestId)]);
      return token.profile;
    });
  }
}
