import { type Tx } from '@tidegate/database';
import { type RequestEntity } from './request.entity.js';

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

/** Begins another round of a locked request, under a version of its flow. */
export async function setRound(tx: Tx, { integrationId, id }: Place, flowVersion: number): Promise<void> {
  await tx.run(
    `UPDATE access_flow.requests SET round = round + 1, flow_version = $3, approved_seconds = NULL
     WHERE integration_id = $1 AND id = $2`,
    [integrationId, id, flowVersion],
  );
}

/** @returns whether a time has passed by the database's clock */
export async function isPast(tx: Tx, at: Date): Promise<boolean> {
  const row = await tx.row<{ isPast: boolean }>(`SELECT $1::timestamptz <= now() AS "isPast"`, [at]);
  return row!.isPast;
}
