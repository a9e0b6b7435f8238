import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { findIntegration } from '../integrations/integrations.queries.js';
import { listTokens } from '../integrations/tokens.queries.js';
import { listStandingAccess } from '../oauth/access-tokens.queries.js';
import { clientWords, type ClientWords } from './client-words.js';
import { type Check, connectionChecks, type Evidence } from './connection.rule.js';
import { type Entry } from './entry.js';
import { timeOf } from './id-time.rule.js';
import { findMilestones, listEntries } from './provisioning-log.queries.js';

export interface Checked {
  checkedAt: Date;
  checks: Check[];
  /** The last calls that were not done, newest first. */
  refusals: Entry[];
  client: ClientWords;
}

/** So many of the last refusals are told: the rest is in the log. */
const MOST_REFUSALS = 5;

/** Tells how far the connection of an integration with its identity provider has come. */
@Injectable()
export class Connection {
  constructor(
    private readonly database: Database,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws Refusal `missing` when there is no such integration */
  async check(integrationId: string): Promise<Checked> {
    return this.database.transaction({ integrationIds: [integrationId] }, async (tx) => {
      const integration = await findIntegration(tx, integrationId);
      if (!integration) throw new Refusal('missing', 'No such integration.');
      const client = clientWords(integration.type);
      const { checkedAt, clockOffMs } = await compareClocks(tx);
      const seen = (await findMilestones(tx, integrationId)).map(
        ({ milestone, lastAt }) => [milestone, lastAt] as const,
      );
      const refusals = await lastRefusals(tx, integrationId);
      const evidence = {
        client,
        publicUrl: this.config.publicUrl,
        credentials: [...(await listTokens(tx, integrationId)), ...(await listStandingAccess(tx, integrationId))],
        seen: Object.fromEntries(seen) as Evidence['seen'],
        refusals: refusals.map((entry) => ({ ...entry, at: timeOf(entry.id) })),
        clockOffMs,
      };
      return { checkedAt, checks: connectionChecks(evidence, checkedAt), refusals, client };
    });
  }
}

/** The time by the database, whose clock decides what has expired, and how far off the own one is. */
async function compareClocks(tx: Tx): Promise<{ checkedAt: Date; clockOffMs: number }> {
  const before = Date.now();
  const { now } = (await tx.row<{ now: Date }>('SELECT clock_timestamp() AS now'))!;
  // It was read at some moment between: take the middle, so that a slow answer makes half of the difference.
  return { checkedAt: now, clockOffMs: (before + Date.now()) / 2 - now.getTime() };
}

/** What the caller did wrong and what we could not do; each is found by an index of its own. */
async function lastRefusals(tx: Tx, integrationId: string): Promise<Entry[]> {
  const lasts: Entry[] = [];
  for (const result of ['refused', 'failed'] as const)
    lasts.push(...(await listEntries(tx, integrationId, { result }, undefined, MOST_REFUSALS)));
  return lasts.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, MOST_REFUSALS);
}
