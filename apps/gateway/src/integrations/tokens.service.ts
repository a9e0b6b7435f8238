import { Injectable } from '@nestjs/common';
import { type Actor, Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { DAY_MS, endOf } from '../auth/credential-life.rule.js';
import { newToken } from '../auth/token-format.rule.js';
import { Secrets } from '../secrets/secrets.service.js';
import { findIntegration } from './integrations.queries.js';
import { insertToken, listTokens, replaceToken, revokeToken, type ScimToken } from './tokens.queries.js';

/** One that is in use and one to take its place: more would be tokens that nobody watches. */
const MOST_IN_FORCE = 2;
/** How long a token lives when nobody says otherwise. */
const LIFE_MS = 365 * DAY_MS;

/** What an administrator says of a token that is to be made. */
export interface TokenSettings {
  description?: string | undefined;
  /** Null: never; 365 days when absent. */
  expiresAt?: string | null | undefined;
}

/** A token with its text, which cannot be had again. */
export type MadeToken = ScimToken & { secret: string };

/** The tokens by which an Okta organization speaks SCIM to its integration. */
@Injectable()
export class Tokens {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
  ) {}

  /** @throws Refusal `missing` when there is no such integration, `conflict` when it has two; InvalidFields */
  create(integrationId: string, settings: TokenSettings, actor: Actor): Promise<MadeToken> {
    const expiresAt = endOf(settings.expiresAt, Date.now(), LIFE_MS);
    return this.inTenancy(integrationId, true, async (tx) => {
      checkRoom(await listTokens(tx, integrationId));
      return this.make(tx, integrationId, settings.description ?? null, expiresAt, actor);
    });
  }

  /**
   * Makes a token that takes the place of another, which stays good for the overlap: time to hand the new one to Okta.
   * @throws Refusal `missing` when there is no such token, `conflict` when it has expired or there are two already;
   *   InvalidFields
   */
  rotate(
    integrationId: string,
    id: string,
    { overlapSeconds, ...settings }: TokenSettings & { overlapSeconds: number },
    actor: Actor,
  ): Promise<MadeToken> {
    const expiresAt = endOf(settings.expiresAt, Date.now(), LIFE_MS);
    return this.inTenancy(integrationId, true, async (tx) => {
      const tokens = await listTokens(tx, integrationId);
      const old = tokens.find((token) => token.id === id);
      if (!old) throw new Refusal('missing', 'No such token.');
      if (old.expired) throw new Refusal('conflict', 'This token has expired: make a new one instead.');
      checkRoom(tokens);
      const made = await this.make(tx, integrationId, settings.description ?? old.description, expiresAt, actor);
      await replaceToken(tx, integrationId, { id, successorId: made.id, overlapSeconds });
      return made;
    });
  }

  /** @throws Refusal `missing` when there is no such integration */
  list(integrationId: string): Promise<ScimToken[]> {
    return this.inTenancy(integrationId, false, (tx) => listTokens(tx, integrationId));
  }

  /** Ends a token; every gateway refuses it within a second. @throws Refusal `missing` */
  async revoke(integrationId: string, id: string): Promise<void> {
    const revoked = await this.inTenancy(integrationId, false, (tx) => revokeToken(tx, integrationId, id));
    if (!revoked) throw new Refusal('missing', 'No such token.');
  }

  private async make(
    tx: Tx,
    integrationId: string,
    description: string | null,
    expiresAt: Date | null,
    createdBy: Actor,
  ): Promise<MadeToken> {
    const id = uuidv7();
    const secret = newToken('tgs_', id);
    const hash = this.secrets.hash('scim token', secret);
    const row = { id, integrationId, hash, hint: secret.slice(-4), description, expiresAt, createdBy };
    return { ...(await insertToken(tx, row)), secret };
  }

  /** @param lock lets one change of an integration's tokens follow the other, so that their number can be counted */
  private inTenancy<T>(integrationId: string, lock: boolean, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, async (tx) => {
      if (!(await findIntegration(tx, integrationId, lock))) throw new Refusal('missing', 'No such integration.');
      return work(tx);
    });
  }
}

function checkRoom(tokens: readonly ScimToken[]): void {
  if (tokens.filter(({ expired }) => !expired).length < MOST_IN_FORCE) return;
  throw new Refusal(
    'conflict',
    `An integration may have ${MOST_IN_FORCE} tokens in force, so that one can take the place of the other: revoke one first.`,
  );
}
