import { Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { hashOf, newSecret } from '../auth/bearer.rule.js';
import { findIntegration } from './integrations.queries.js';
import { insertToken, listTokens, revokeToken, type ScimToken } from './tokens.queries.js';

/** Two are enough to change one without a gap; more than this is a mistake. */
const MOST_TOKENS = 20;

/** The tokens by which an Okta organization speaks SCIM to its integration. */
@Injectable()
export class Tokens {
  constructor(private readonly database: Database) {}

  /**
   * @returns the token and its secret, which cannot be had again
   * @throws Refusal `missing` when there is no such integration, `conflict` when it has too many tokens
   */
  create(integrationId: string, description: string | undefined): Promise<ScimToken & { secret: string }> {
    const secret = newSecret('tgs_');
    return this.inTenancy(integrationId, async (tx) => {
      if (!(await findIntegration(tx, integrationId, true))) throw new Refusal('missing', 'No such integration.');
      if ((await listTokens(tx, integrationId)).length >= MOST_TOKENS)
        throw new Refusal('conflict', `An integration may have ${MOST_TOKENS} tokens: delete one first.`);
      const row = { id: uuidv7(), integrationId, hash: hashOf(secret), hint: secret.slice(-4) };
      return { ...(await insertToken(tx, { ...row, description: description ?? null })), secret };
    });
  }

  /** @throws Refusal `missing` when there is no such integration */
  list(integrationId: string): Promise<ScimToken[]> {
    return this.inTenancy(integrationId, async (tx) => {
      if (!(await findIntegration(tx, integrationId))) throw new Refusal('missing', 'No such integration.');
      return listTokens(tx, integrationId);
    });
  }

  /** Ends a token; every gateway refuses it within a second. @throws Refusal `missing` */
  async revoke(integrationId: string, id: string): Promise<void> {
    const revoked = await this.inTenancy(integrationId, (tx) => revokeToken(tx, integrationId, id));
    if (!revoked) throw new Refusal('missing', 'No such token.');
  }

  private inTenancy<T>(integrationId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, work);
  }
}
