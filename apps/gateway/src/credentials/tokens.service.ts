import { Injectable } from '@nestjs/common';
import { type Actor, Refusal } from '@tidegate/contracts';
import { Database, IsNull, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { endOf } from '../auth/credential-life.rule.js';
import { newToken } from './token-format.rule.js';
import { DAY_MS } from '../config/durations.js';
import { Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';
import { requireIntegration } from '../integrations/require-integration.js';
import { ScimTokenEntity } from './scim-token.entity.js';
import { insertToken, listTokens, replaceToken, type ScimToken } from './tokens.queries.js';

/** One in use, and one to replace it. */
const MAX_VALID = 2;
/** Default lifetime of a token. */
const DEFAULT_LIFETIME_MS = 365 * DAY_MS;

/** Settings of a new token. */
export interface TokenSettings {
  description?: string | undefined;
  /** Null: never expires. Defaults to 365 days. */
  expiresAt?: string | null | undefined;
}

/** A token with its secret, which is available only at creation. */
export type CreatedToken = ScimToken & { secret: string };

/** Manages the SCIM tokens of integrations. */
@Injectable()
export class Tokens {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets<Purpose>,
  ) {}

  /** @throws Refusal `missing`, `conflict` when the integration has two valid tokens; InvalidFields */
  create(integrationId: string, settings: TokenSettings, actor: Actor): Promise<CreatedToken> {
    const expiresAt = endOf(settings.expiresAt, Date.now(), DEFAULT_LIFETIME_MS);
    return this.inIntegration(integrationId, true, async (tx) => {
      requireBelowLimit(await listTokens(tx, integrationId));
      return this.insert(tx, integrationId, settings.description ?? null, expiresAt, actor);
    });
  }

  /**
   * Creates a token that replaces another, which stays valid during the overlap.
   * @throws Refusal `missing`, `conflict` when the token has expired or the integration has two valid ones; InvalidFields
   */
  rotate(
    integrationId: string,
    id: string,
    { overlapSeconds, ...settings }: TokenSettings & { overlapSeconds: number },
    actor: Actor,
  ): Promise<CreatedToken> {
    const expiresAt = endOf(settings.expiresAt, Date.now(), DEFAULT_LIFETIME_MS);
    return this.inIntegration(integrationId, true, async (tx) => {
      const tokens = await listTokens(tx, integrationId);
      const old = tokens.find((token) => token.id === id);
      if (!old) throw new Refusal('missing', 'No such token.');
      if (old.expired) throw new Refusal('conflict', 'This token has expired. Create a new one instead.');
      requireBelowLimit(tokens);
      const created = await this.insert(tx, integrationId, settings.description ?? old.description, expiresAt, actor);
      await replaceToken(tx, integrationId, { id, successorId: created.id, overlapSeconds });
      return created;
    });
  }

  /** @throws Refusal `missing` */
  list(integrationId: string): Promise<ScimToken[]> {
    return this.inIntegration(integrationId, false, (tx) => listTokens(tx, integrationId));
  }

  /** Revokes a token. All gateways refuse it within a second. @throws Refusal `missing` */
  async revoke(integrationId: string, id: string): Promise<void> {
    const where = { integrationId, id, revokedAt: IsNull() };
    const revoked = await this.inIntegration(integrationId, false, (tx) =>
      tx.update(ScimTokenEntity, where, { revokedAt: () => 'now()' }),
    );
    if (revoked.length === 0) throw new Refusal('missing', 'No such token.');
  }

  private async insert(
    tx: Tx,
    integrationId: string,
    description: string | null,
    expiresAt: Date | null,
    createdBy: Actor,
  ): Promise<CreatedToken> {
    const id = uuidv7();
    const secret = newToken('tgs_', id);
    const hash = this.secrets.hash('scim token', secret);
    const row = { id, integrationId, hash, hint: secret.slice(-4), description, expiresAt, createdBy };
    return { ...(await insertToken(tx, row)), secret };
  }

  /** @param lock serializes changes of the integration's tokens, so that their limit holds */
  private inIntegration<T>(integrationId: string, lock: boolean, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, async (tx) => {
      await requireIntegration(tx, integrationId, lock);
      return work(tx);
    });
  }
}

function requireBelowLimit(tokens: readonly ScimToken[]): void {
  if (tokens.filter(({ expired }) => !expired).length < MAX_VALID) return;
  throw new Refusal('conflict', `An integration can have at most ${MAX_VALID} valid tokens. Revoke one first.`);
}
