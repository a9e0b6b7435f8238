import { Inject, Injectable } from '@nestjs/common';
import { Database, type Tx } from '@tidegate/database';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config/config.js';
import { requireIntegration } from '../integrations/require-integration.js';
import { listTokens } from '../credentials/tokens.queries.js';
import { listOAuthAccess } from '../credentials/access-tokens.queries.js';
import { clientWords, type ClientWords } from './client-words.js';
import { type Check, connectionChecks, type Evidence } from './connection.rule.js';
import { type Entry } from './entry.js';
import { timeOf } from './id-time.rule.js';
import { MilestoneEntity } from './milestone.entity.js';
import { countMissedCalls } from './missed-calls.queries.js';
import { listEntries } from './provisioning-log.queries.js';

export interface Checked {
  checkedAt: Date;
  checks: Check[];
  /** The last refused and failed calls, newest first. */
  refusals: Entry[];
  client: ClientWords;
}

/** Number of refusals in the result. */
const MAX_REFUSALS = 5;

/** Checks the connection of an integration with its identity provider. */
@Injectable()
export class Connection {
  constructor(
    private readonly database: Database,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @returns the checks and their evidence @throws Refusal `missing` for an unknown integration */
  async check(integrationId: string): Promise<Checked> {
    return this.database.inIntegration(integrationId, async (tx) => {
      const client = clientWords((await requireIntegration(tx, integrationId)).type);
      const { checkedAt, clockOffMs } = await compareClocks(tx);
      const milestones = await tx.find(MilestoneEntity, { where: { integrationId } });
      const seen = milestones.map(({ milestone, lastAt }) => [milestone, lastAt] as const);
      const refusals = await lastRefusals(tx, integrationId);
      const missed = await countMissedCalls(tx, integrationId);
      const evidence = {
        client,
        publicUrl: this.config.publicUrl,
        credentials: [...(await listTokens(tx, integrationId)), ...(await listOAuthAccess(tx, integrationId))],
        seen: Object.fromEntries(seen) as Evidence['seen'],
        refusals: refusals.map((entry) => ({ ...entry, at: timeOf(entry.id) })),
        missed: missed && { objects: missed.objects, since: timeOf(missed.oldest) },
        clockOffMs,
      };
      return { checkedAt, checks: connectionChecks(evidence, checkedAt), refusals, client };
    });
  }
}

/** @returns the time of the database, by which credentials expire, and the offset of this gateway's clock */
async function compareClocks(tx: Tx): Promise<{ checkedAt: Date; clockOffMs: number }> {
  const before = Date.now();
  const { now } = (await tx.row<{ now: Date }>('SELECT clock_timestamp() AS now'))!;
  // The database read its clock between request and response, so the middle of both is the best estimate.
  return { checkedAt: now, clockOffMs: (before + Date.now()) / 2 - now.getTime() };
}

/** Two queries, because each result has its own index. */
async function lastRefusals(tx: Tx, integrationId: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const result of ['refused', 'failed'] as const)
    entries.push(...(await listEntries(tx, integrationId, { result }, undefined, MAX_REFUSALS)));
  return entries.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, MAX_REFUSALS);
}
