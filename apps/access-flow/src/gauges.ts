import { type Database } from '@tidegate/database';
import { type GaugeReading } from '@tidegate/observability';
import { integrationIds } from './directory/integrations.queries.js';

/** What the gauges of this service show: grants over all integrations, and the facts not yet told. */
export async function readGauges(database: Database): Promise<GaugeReading> {
  const all = await database.unscoped(integrationIds);
  const row = await database.transaction({ integrationIds: all }, (tx) =>
    tx.row<Required<GaugeReading>>(
      `SELECT (SELECT count(*)::int FROM access_flow.grants WHERE status = 'active') AS "grantsLive",
              (SELECT count(*)::int FROM access_flow.grants WHERE status = 'revoking') AS "grantsRevoking",
              (SELECT count(*)::int FROM access_flow.outbox) AS "outboxBacklog",
              (SELECT coalesce(extract(epoch FROM now() - min(time)), 0)::float FROM access_flow.outbox)
                AS "outboxOldestAgeSeconds"`,
    ),
  );
  return row ?? {};
}
