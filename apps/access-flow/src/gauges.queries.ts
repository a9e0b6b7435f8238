import { type Database } from '@tidegate/database';
import { type GaugeReading } from '@tidegate/observability';
import { integrationIds } from './directory/integrations.queries.js';

/** Gauges about grants and requests. */
export const GAUGES = {
  grantsLive: ['tidegate_grants_live', 'Grants that currently give membership'],
  grantsRevoking: ['tidegate_grants_revoking', 'Ended grants that the target has not confirmed'],
  requestsUndecidable: ['tidegate_requests_undecidable', 'Pending requests that no user can decide'],
  projectionRebuilds: [
    'tidegate_projection_rebuilds',
    'Integrations whose users and groups are being read from identity again',
  ],
} as const;

/** @returns the gauges of this service: grants and requests of all integrations */
export async function readGauges(database: Database): Promise<GaugeReading<typeof GAUGES>> {
  const all = await database.unscoped(integrationIds);
  const row = await database.transaction({ integrationIds: all }, (tx) =>
    tx.row<GaugeReading<typeof GAUGES>>(
      `SELECT (SELECT count(*) FROM access_flow.grants WHERE status = 'active') AS "grantsLive",
              (SELECT count(*) FROM access_flow.grants WHERE status = 'revoking') AS "grantsRevoking",
              (SELECT count(*) FROM access_flow.requests WHERE status = 'pending' AND undecidable)
                AS "requestsUndecidable",
              (SELECT count(*) FROM access_flow.rebuilds) AS "projectionRebuilds"`,
    ),
  );
  return row ?? {};
}
