import { type Database } from '@tidegate/database';
import { type GaugeReading } from '@tidegate/observability';
import { integrationIds } from './directory/integrations.queries.js';

/** @returns the gauges of this service: grants and requests of all integrations */
export async function readGauges(database: Database): Promise<GaugeReading> {
  const all = await database.unscoped(integrationIds);
  const row = await database.transaction({ integrationIds: all }, (tx) =>
    tx.row<GaugeReading>(
      `SELECT (SELECT count(*) FROM access_flow.grants WHERE status = 'active') AS "grantsLive",
              (SELECT count(*) FROM access_flow.grants WHERE status = 'revoking') AS "grantsRevoking",
              (SELECT count(*) FROM access_flow.requests WHERE status = 'pending' AND undecidable)
                AS "requestsUndecidable",
              (SELECT count(*) FROM access_flow.rebuilds) AS "projectionRebuilds"`,
    ),
  );
  return row ?? {};
}
