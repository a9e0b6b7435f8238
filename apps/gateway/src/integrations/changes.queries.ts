import { type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';

/** A change of an integration; its current state is in its row. */
export interface IntegrationChange {
  id: string;
  integrationId: string;
  /** The name of the event. */
  kind: string;
}

const COLUMNS = `id, integration_id AS "integrationId", kind`;

/** Records a change of an integration for event streams. */
export async function insertChange(
  tx: Tx,
  { integrationId, kind, version }: { integrationId: string; kind: string; version: number },
): Promise<void> {
  await tx.run(
    `INSERT INTO gateway.integration_changes (id, integration_id, kind, version, at)
     VALUES ($1, $2, $3, $4, clock_timestamp())`,
    [uuidv7(), integrationId, kind, version],
  );
}

/** @returns the changes of the last `seconds`, which must cover late commits */
export function recentChanges(tx: Tx, seconds: number): Promise<IntegrationChange[]> {
  return tx.rows(
    `SELECT ${COLUMNS} FROM gateway.integration_changes
     WHERE at > now() - make_interval(secs => $1) ORDER BY id LIMIT 1000`,
    [seconds],
  );
}

/**
 * Overlaps by some seconds, because a change committed late can have a lower id than one already sent.
 * @param id the last change that the stream received
 * @param one limits the result to this integration
 * @returns the latest change of each integration since then, oldest first
 */
export async function changesSince(tx: Tx, id: string, one: string | undefined): Promise<IntegrationChange[]> {
  const changes = await tx.rows<IntegrationChange>(
    `SELECT DISTINCT ON (integration_id) ${COLUMNS} FROM gateway.integration_changes
     WHERE ($2::uuid IS NULL OR integration_id = $2) AND id <> $1
       AND at > coalesce((SELECT at FROM gateway.integration_changes WHERE id = $1), '-infinity') - interval '5 seconds'
     ORDER BY integration_id, id DESC LIMIT 10000`,
    [id, one ?? null],
  );
  return changes.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Deletes changes older than a day. */
export async function deleteOldChanges(tx: Tx): Promise<void> {
  await tx.run(`DELETE FROM gateway.integration_changes WHERE at < now() - interval '1 day'`);
}
