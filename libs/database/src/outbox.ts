import { type Cause, FACTS, type FactName, type FactPayloads } from '@tidegate/contracts';
import { type GaugeReading } from '@tidegate/observability';
import { v7 as uuidv7 } from 'uuid';
import { type Tx } from './tx.js';

/** A fact as its teller says it; id and time are added when it is recorded. */
export type Told = {
  [N in FactName]: Cause & {
    name: N;
    integrationId: string;
    subject: string;
    version: number;
    data: FactPayloads[N];
  };
}[FactName];

/**
 * Records facts in the same transaction as the change they tell. They leave after the commit, and only then.
 *
 * @param schema the schema of the telling service
 */
export async function recordFacts(tx: Tx, schema: string, facts: readonly Told[]): Promise<void> {
  if (facts.length === 0) return;
  const rows = facts.map(outboxRow);
  await tx.run(
    `INSERT INTO ${schema}.outbox (id, name, integration_id, subject, version, request_id, actor, data, urgent)
     SELECT id, name, integration_id, subject, version, request_id, actor, data, urgent
     FROM jsonb_to_recordset($1::jsonb) AS f (id uuid, name text, integration_id uuid, subject uuid, version bigint,
                                              request_id text, actor jsonb, data jsonb, urgent boolean)`,
    [JSON.stringify(rows)],
  );
  for (const row of rows) tx.told.add(row.urgent ? 'urgent' : 'normal');
}

/** The columns of one fact; for statements that write a row and its fact in one round trip. */
export function outboxRow(fact: Told) {
  return {
    id: uuidv7(),
    name: fact.name,
    integration_id: fact.integrationId,
    subject: fact.subject,
    version: fact.version,
    request_id: fact.requestId,
    actor: fact.actor,
    data: fact.data,
    urgent: FACTS[fact.name].urgent ?? false,
  };
}

/**
 * @param schema the schema of the telling service
 * @returns how many facts are committed and not yet told, and the age of the oldest in seconds, 0 when there is none
 */
export async function outboxBacklog(tx: Tx, schema: string): Promise<GaugeReading> {
  const row = await tx.row<{ count: number; age: number }>(
    `SELECT count(*)::float8 AS count, coalesce(extract(epoch FROM now() - min(time)), 0)::float8 AS age FROM ${schema}.outbox`,
  );
  return { outboxBacklog: row?.count, outboxOldestAgeSeconds: row?.age };
}
