import { type Cause, EVENTS, type EventName, type EventPayloads, type IntegrationOf } from '@tidegate/contracts';
import { currentTrace, type Metrics, newTrace } from '@tidegate/observability';
import { v7 as uuidv7 } from 'uuid';
import { type Database } from './database.js';
import { type Tx } from './tx.js';

/** An event without id, time and trace, which are added when it is recorded. */
export type NewEvent = {
  [N in EventName]: Cause & {
    name: N;
    integrationId: IntegrationOf<N>;
    subject: string;
    version: number;
    data: EventPayloads[N];
  };
}[EventName];

/**
 * Records events in the transaction of their change. They are published after its commit.
 *
 * @param schema the schema of the publishing service
 */
export async function recordEvents(tx: Tx, schema: string, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(outboxRow);
  await tx.run(
    `INSERT INTO ${schema}.outbox (${OUTBOX_COLUMNS})
     SELECT ${OUTBOX_COLUMNS} FROM jsonb_to_recordset($1::jsonb) AS f (${OUTBOX_RECORD})`,
    [JSON.stringify(rows)],
  );
  for (const row of rows) tx.eventLanes.add(row.urgent ? 'urgent' : 'normal');
}

/** The columns of a result of `outboxRow`, and their types for `jsonb_to_recordset`. */
export const OUTBOX_COLUMNS =
  'id, name, integration_id, subject, version, request_id, actor, traceparent, tracestate, data, urgent';
export const OUTBOX_RECORD = `id uuid, name text, integration_id uuid, subject uuid, version bigint, request_id text,
  actor jsonb, traceparent text, tracestate text, data jsonb, urgent boolean`;

/** @returns the current trace, or a new one, as columns */
export function traceColumns(): { traceparent: string; tracestate: string | null } {
  const { traceparent, tracestate = null } = currentTrace() ?? newTrace();
  return { traceparent, tracestate };
}

/** @returns the columns of one event, for statements that write a row and its event in one round trip */
export function outboxRow(event: NewEvent) {
  return {
    id: uuidv7(),
    name: event.name,
    integration_id: event.integrationId,
    subject: event.subject,
    version: event.version,
    request_id: event.requestId,
    actor: event.actor,
    ...traceColumns(),
    data: event.data,
    urgent: EVENTS[event.name].urgent ?? false,
  };
}

/** Reports the number of events that are committed and not published, and the age of the oldest, 0 without events. */
export function measureOutbox(database: Database, metrics: Metrics): void {
  const gauges = {
    count: ['tidegate_outbox_unpublished', 'Committed events that are not yet published'],
    age: ['tidegate_outbox_oldest_age_seconds', 'Age of the oldest event that is not yet published'],
  } as const;
  metrics.collect(gauges, () => database.unscoped((tx) => backlog(tx, database.schema)));
}

async function backlog(tx: Tx, schema: string): Promise<{ count?: number; age?: number }> {
  const row = await tx.row<{ count: number; age: number }>(
    `SELECT count(*)::float8 AS count, coalesce(extract(epoch FROM now() - min(time)), 0)::float8 AS age FROM ${schema}.outbox`,
  );
  return row ?? {};
}
