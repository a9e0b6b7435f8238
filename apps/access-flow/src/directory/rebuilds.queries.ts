import { BEFORE_ALL } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';

/** Parts of a rebuild, in this order: read identity's users and groups, then look for known ones that are absent. */
export const STEPS = ['users', 'groups', 'knownUsers', 'knownGroups'] as const;
export type Step = (typeof STEPS)[number];

/** How far the rebuild of an integration is. */
export interface Rebuild {
  integrationId: string;
  /** A new one for each request. */
  run: string;
  step: Step;
  /** The id up to which the step is done. */
  after: string;
  requestId: string;
}

/** Another process takes a claimed rebuild over after this. */
const LEASE_SECONDS = 60;
const RETRY_SECONDS = 2;

/**
 * Requests a rebuild, from its first step on even when one is under way: what that has read may be older than the request.
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

/** Requests rebuilds of all integrations whose projection an older version of the code made, or none. */
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

/** @returns the next rebuild that is due, leased to the caller; undefined when none is */
export function claimRebuild(tx: Tx): Promise<Rebuild | undefined> {
  return tx.row<Rebuild>(
    `UPDATE access_flow.rebuilds SET due_at = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
     WHERE integration_id = (SELECT integration_id FROM access_flow.rebuilds WHERE due_at <= clock_timestamp()
                             ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING integration_id AS "integrationId", run, step, after, request_id AS "requestId"`,
  );
}

const SAME = 'integration_id = $1 AND run = $2 AND step = $3 AND after = $4';
const binds = ({ integrationId, run, step, after }: Rebuild) => [integrationId, run, step, after];

/** Stores progress, unless the rebuild was requested anew or another process went on with it. */
export async function moveRebuild(tx: Tx, rebuild: Rebuild, to: Pick<Rebuild, 'step' | 'after'>): Promise<void> {
  await tx.run(`UPDATE access_flow.rebuilds SET step = $5, after = $6, due_at = clock_timestamp() WHERE ${SAME}`, [
    ...binds(rebuild),
    to.step,
    to.after,
  ]);
}

/** Lets a rebuild wait after a failure. */
export async function postponeRebuild(tx: Tx, rebuild: Rebuild): Promise<void> {
  await tx.run(
    `UPDATE access_flow.rebuilds SET due_at = clock_timestamp() + make_interval(secs => ${RETRY_SECONDS}) WHERE ${SAME}`,
    binds(rebuild),
  );
}

/** @returns whether this was the end: not when the rebuild was requested anew meanwhile */
export async function finishRebuild(tx: Tx, rebuild: Rebuild, projectionVersion: number): Promise<boolean> {
  const finished = await tx.run(`DELETE FROM access_flow.rebuilds WHERE ${SAME}`, binds(rebuild));
  if (finished === 0) return false;
  await tx.run(
    `UPDATE access_flow.integrations SET projection_version = greatest(projection_version, $2) WHERE id = $1`,
    [rebuild.integrationId, projectionVersion],
  );
  return true;
}
