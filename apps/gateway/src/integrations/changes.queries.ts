import { columnsOf, type Tx } from '@tidegate/database';
import { IntegrationChangeEntity } from './integration-change.entity.js';

const COLUMNS = columnsOf(IntegrationChangeEntity);

/** @returns the changes of the last `seconds`, which must cover late commits */
export function recentChanges(tx: Tx, seconds: number): Promise<IntegrationChangeEntity[]> {
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
export async function changesSince(tx: Tx, id: string, one: string | undefined): Promise<IntegrationChangeEntity[]> {
  const changes = await tx.rows<IntegrationChangeEntity>(
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
