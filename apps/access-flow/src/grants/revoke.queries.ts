import { recordEvents, traceColumns, type Tx } from '@tidegate/database';
import { type Ending, endingBinds, type Of } from '../ending.js';
import { SCHEMA } from '../schema.js';
import { DIRECTORY } from '../targets/target.js';
import { beforeBecoming } from './grant.rule.js';
import { GRANT_COLUMNS, type GrantRow, grantEvent } from './grants.queries.js';

/** $2 is the id of what ends. */
const CONDITIONS: Record<Of['kind'], string> = {
  user: 'user_id = $2',
  group: 'group_id = $2',
  flow: 'request_id IN (SELECT r.id FROM access_flow.requests r WHERE r.integration_id = $1 AND r.flow_id = $2)',
  integration: 'integration_id = $2',
  grant: 'id = $2',
  grantThatIsOver: 'id = $2 AND ends_at <= now()',
};

/**
 * Moves grants to `revoking`, tells it, and leaves urgent work for the target. What makes grants (user, group, flow,
 * integration) must be locked, so that none is made meanwhile.
 *
 * The work comes before the grants, as everywhere: a worker that settles one of these memberships holds its work, and
 * is waited for here rather than crossed.
 *
 * @returns how many grants it ends
 */
export async function revokeGrants(tx: Tx, integrationId: string, ending: Ending): Promise<number> {
  const which = `integration_id = $1 AND ${CONDITIONS[ending.of.kind]} AND deactivations < $3::bigint AND status = ANY ($4)`;
  const binds = [...endingBinds(integrationId, ending.of), beforeBecoming('revoking')];
  const { traceparent, tracestate } = traceColumns();
  const work = await tx.run(
    `INSERT INTO access_flow.target_work (target, integration_id, group_id, user_id, urgent, request_id, actor,
       traceparent, tracestate)
     SELECT DISTINCT '${DIRECTORY}', integration_id, group_id, user_id, true, $5, $6::jsonb, $7, $8 FROM access_flow.grants
     WHERE ${which} ORDER BY integration_id, group_id, user_id
     ON CONFLICT (target, integration_id, group_id, user_id) DO UPDATE
       SET urgent = true, request_id = excluded.request_id, actor = excluded.actor,
         traceparent = excluded.traceparent, tracestate = excluded.tracestate, attempts = 0, next_try_at = now(), since = now()`,
    [...binds, ending.cause.requestId, JSON.stringify(ending.cause.actor), traceparent, tracestate],
  );
  if (work === 0) return 0;
  const rows = await tx.rows<GrantRow>(
    `UPDATE access_flow.grants SET status = 'revoking', end_reason = $5, revoked_by = $6, revoking_at = now(), version = version + 1
     WHERE ${which} RETURNING ${GRANT_COLUMNS}`,
    [...binds, ending.reason, JSON.stringify(ending.cause.actor)],
  );
  await recordEvents(
    tx,
    SCHEMA,
    rows.map((row) => grantEvent('grant.revoking', row, ending.cause)),
  );
  return rows.length;
}
