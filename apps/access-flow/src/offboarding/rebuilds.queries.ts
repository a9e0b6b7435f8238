import { BEFORE_ALL } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { RebuildEntity } from './rebuild.entity.js';

/** After this time another process can claim the rebuild. */
const LEASE_SECONDS = 60;
const RETRY_SECONDS = 2;

/**
 * Requests a rebuild. A rebuild in progress restarts, because it may have read data that is older than the request.
 * @returns whether the integration is known and not removed
 */
export async function requestRebuild(tx: Tx, integrationId: string, requestId: string): Promise<boolean> {
  const requested = await tx.run(
    `INSERT INTO access_flow.rebuilds (integration_id, run, step, after, request_id)
     SELECT id, gen_random_uuid(), 'users', $2, $3 FROM access_flow.integrations WHERE id = $1 AND NOT removed
     ON CONFLICT (integration_id) DO UPDATE SET run = excluded.run, step = excluded.step, after = excluded.after,
       request_id = excluded.request_id, requested_at = now(), due_at = now()`,
    [integrationId, BEFORE_ALL, requestId],
  );
  return requested === 1;
}

/** Requests rebuilds of all integrations whose projection is missing or older than `projectionVersion`. */
export async function requestOutdated(tx: Tx, projectionVersion: number, requestId: string): Promise<void> {
  await tx.run(
    `INSERT INTO access_flow.rebuilds (integration_id, run, step, after, request_id)
     SELECT id, gen_random_uuid(), 'users', $2, $3 FROM access_flow.integrations
     WHERE NOT removed AND projection_version < $1 ORDER BY id ON CONFLICT DO NOTHING`,
    [projectionVersion, BEFORE_ALL, requestId],
  );
  await tx.run(
    `DELETE FROM access_flow.rebuilds r USING access_flow.integrations i WHERE i.id = r.integration_id AND i.removed`,
  );
}

/** @returns the next due rebuild, leased to the caller; undefined if none is due */
export function claimRebuild(tx: Tx): Promise<RebuildEntity | undefined> {
  return tx.row<RebuildEntity>(
    `UPDATE access_flow.rebuilds SET due_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
     WHERE integration_id = (SELECT integration_id FROM access_flow.rebuilds WHERE due_at <= clock_timestamp()
                             ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING ${columnsOf(RebuildEntity)}`,
  );
}

const SAME = 'integration_id = $1 AND run = $2 AND step = $3 AND after = $4';
const binds = ({ integrationId, run, step, after }: RebuildEntity) => [integrationId, run, step, after];

/** Stores progress, unless the rebuild was requested again or another process continued it. */
export async function moveRebuild(
  tx: Tx,
  rebuild: RebuildEntity,
  to: Pick<RebuildEntity, 'step' | 'after'>,
): Promise<void> {
  await tx.run(`UPDATE access_flow.rebuilds SET step = $5, after = $6, due_at = clock_timestamp() WHERE ${SAME}`, [
    ...binds(rebuild),
    to.step,
    to.after,
  ]);
}

/** Delays the rebuild after a failure. */
export async function postponeRebuild(tx: Tx, rebuild: RebuildEntity): Promise<void> {
  await tx.run(
    `UPDATE access_flow.rebuilds SET due_at = clock_timestamp() + make_interval(secs => ${RETRY_SECONDS}) WHERE ${SAME}`,
    binds(rebuild),
  );
}

/** @returns whether the rebuild is finished; false if it was requested again in the meantime */
export async function finishRebuild(tx: Tx, rebuild: RebuildEntity, projectionVersion: number): Promise<boolean> {
  const finished = await tx.run(`DELETE FROM access_flow.rebuilds WHERE ${SAME}`, binds(rebuild));
  if (finished === 0) return false;
  await tx.run(
    `UPDATE access_flow.integrations SET projection_version = greatest(projection_version, $2) WHERE id = $1`,
    [rebuild.integrationId, projectionVersion],
  );
  return true;
}
