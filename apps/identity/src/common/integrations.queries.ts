import { Refusal } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { ScimError } from '@tidegate/scim';
import { IntegrationEntity } from './integration.entity.js';

/**
 * SQL for a CTE `open`. It has one row, with the ends of the list blocks and the settings, unless the integration is
 * removed. Its row lock makes a removal wait for concurrent creates, and makes creates wait for a concurrent removal,
 * so nothing can be created after the removal.
 * @param bind the placeholder of the integration id
 */
export const openIntegration = (bind: string): string =>
  `open AS (
    SELECT users_closed_until, groups_closed_until, sync_list, profile_attributes, profile_attributes_version
    FROM identity.integrations
    WHERE integration_id = ${bind} AND removed_at IS NULL FOR SHARE
  )`;

/**
 * Creates a row once, even if its command is delivered several times.
 *
 * @param insert inserts the row from `openIntegration`; returns undefined after a conflict with another row, and when
 *   the integration is removed or unknown
 * @param earlier finds the row that an earlier delivery of the command created; throws after a conflict with another
 *   row
 * @returns the row, and whether an earlier delivery created it
 * @throws ScimError notFound when the integration is removed, Refusal `unavailable` after three conflicts, and the
 *   errors of `earlier`
 */
export async function createOnce<Row>(
  tx: Tx,
  integrationId: string,
  insert: () => Promise<Row | undefined>,
  earlier: () => Promise<Row | undefined>,
): Promise<{ row: Row; repeated: boolean }> {
  // A second round is needed when the integration was unknown, or when the conflicting row was deleted in the meantime.
  for (let round = 0; round < 3; round++) {
    const created = await insert();
    if (created) return { row: created, repeated: false };
    const found = await earlier();
    if (found) return { row: found, repeated: true };
    await expectIntegration(tx, integrationId);
  }
  throw new Refusal('unavailable', 'Concurrent commands are changing the same resource. Try again.');
}

/**
 * Inserts the integration if it is unknown, because its first command can arrive before its first event.
 * @throws ScimError notFound when the integration is removed
 */
async function expectIntegration(tx: Tx, integrationId: string): Promise<void> {
  await tx.run(`INSERT INTO identity.integrations (integration_id) VALUES ($1) ON CONFLICT DO NOTHING`, [
    integrationId,
  ]);
  const removed = await tx.row(
    `SELECT 1 FROM identity.integrations WHERE integration_id = $1 AND removed_at IS NOT NULL`,
    [integrationId],
  );
  if (removed) throw new ScimError('notFound', 'No such integration.');
}

/** Stores the newest version of an integration. A removed integration stays removed when older events arrive later. */
export async function rememberIntegration(
  tx: Tx,
  { integrationId, version, removed }: { integrationId: string; version: number; removed: boolean },
): Promise<void> {
  await tx.run(
    `INSERT INTO identity.integrations AS i (integration_id, version, removed_at)
     VALUES ($1, $2, CASE WHEN $3 THEN now() END)
     ON CONFLICT (integration_id) DO UPDATE SET
       version = greatest(i.version, excluded.version), removed_at = coalesce(i.removed_at, excluded.removed_at)`,
    [integrationId, version, removed],
  );
}

/**
 * Tables with data of an integration, and the number of rows deleted in one statement. Groups come before users, in the
 * order in which changes of members lock them. The batch of groups is small because their members are deleted too.
 */
const DIRECTORY_TABLES = [
  { table: 'groups', batch: 20 },
  { table: 'users', batch: 2_000 },
  { table: 'deleted_users', batch: 10_000 },
  { table: 'deleted_groups', batch: 10_000 },
];

/**
 * Deletes all data of an integration, including its groups to sync. It deletes in batches, so that each statement stays
 * below the statement timeout.
 */
export async function deleteDirectory(tx: Tx, integrationId: string): Promise<void> {
  for (const { table, batch } of DIRECTORY_TABLES) {
    const statement = `DELETE FROM identity.${table} WHERE integration_id = $1 AND id IN
      (SELECT id FROM identity.${table} WHERE integration_id = $1 ORDER BY id LIMIT ${batch})`;
    while ((await tx.run(statement, [integrationId])) > 0);
  }
  await tx.run(`DELETE FROM identity.list_blocks WHERE integration_id = $1`, [integrationId]);
  await tx.update(IntegrationEntity, { integrationId }, { syncList: null });
}
