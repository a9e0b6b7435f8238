import { type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { findFlow, lockFlow } from '../policy/flows.queries.js';
import { type RequestEntity } from './request.entity.js';
import { type LockedRequest } from './request.entity.js';
import { findScope, lockRequest } from './requests.queries.js';

type Place = Pick<RequestEntity, 'integrationId' | 'id'>;

/**
 * Opens a step of a locked request, which gets the version.
 * @returns the time of the database
 */
export async function setOpenStep(
  tx: Tx,
  { integrationId, id, step, version }: Place & Pick<RequestEntity, 'step' | 'version'>,
  undecidable: boolean,
): Promise<Date> {
  const row = await tx.row<{ openedAt: Date }>(
    `UPDATE access_flow.requests SET step = $3, step_opened_at = now(), escalated = false, undecidable = $4, version = $5
     WHERE integration_id = $1 AND id = $2 RETURNING step_opened_at AS "openedAt"`,
    [integrationId, id, step, undecidable, version],
  );
  return row!.openedAt;
}

/** Stores how the open step of a locked request is decided now. */
export async function setDeciding(
  tx: Tx,
  { integrationId, id, escalated }: Place & Pick<RequestEntity, 'escalated'>,
  undecidable: boolean,
): Promise<void> {
  await tx.run(
    `UPDATE access_flow.requests SET undecidable = $3, escalated = $4, version = version + 1
     WHERE integration_id = $1 AND id = $2`,
    [integrationId, id, undecidable, escalated],
  );
}

/**
 * Begins another round of pending requests, under a version of their flow. No step is open.
 * @returns the ids of those that are still pending
 */
export async function setRound(tx: Tx, integrationId: string, ids: string[], flowVersion: number): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `WITH pending AS (
       SELECT id FROM access_flow.requests
       WHERE integration_id = $1 AND id = ANY ($2::uuid[]) AND status = 'pending' ORDER BY id FOR UPDATE
     )
     UPDATE access_flow.requests r SET round = round + 1, flow_version = $3, step = NULL, escalated = false,
       undecidable = false, approved_seconds = NULL, version = version + 1
     FROM pending WHERE r.integration_id = $1 AND r.id = pending.id RETURNING r.id`,
    [integrationId, ids, flowVersion],
  );
  return rows.map(({ id }) => id);
}

/**
 * Locks a request and its flow for a job, without waiting: a job that waits holds the lock of its row, for which a
 * deactivation would wait.
 * @returns `busy` if another transaction has them; undefined if the request is not pending
 */
export async function lockForJob(
  tx: Tx,
  integrationId: string,
  id: string,
): Promise<{ flow: UnnamedFlow; request: LockedRequest } | 'busy' | undefined> {
  const scope = await findScope(tx, [integrationId], id);
  if (!scope || !(await findFlow(tx, [integrationId], scope.flowId))) return undefined;
  const flow = await lockFlow(tx, integrationId, scope.flowId, 'SHARE SKIP LOCKED');
  if (!flow) return 'busy';
  const isFree = await tx.row(
    `SELECT 1 FROM access_flow.requests WHERE integration_id = $1 AND id = $2 FOR UPDATE SKIP LOCKED`,
    [integrationId, id],
  );
  if (!isFree) return 'busy';
  const request = await lockRequest(tx, integrationId, id);
  return request?.status === 'pending' ? { flow, request } : undefined;
}

/** @returns whether a time has passed by the database's clock */
export async function isPast(tx: Tx, at: Date): Promise<boolean> {
  const row = await tx.row<{ isPast: boolean }>(`SELECT $1::timestamptz <= now() AS "isPast"`, [at]);
  return row!.isPast;
}
