import { Refusal } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { ScimError } from '@tidegate/scim';

/**
 * SQL of a CTE `open` that holds one row, with where the blocks end, while the integration is not removed. The row lock makes a removal wait for
 * the creations that passed by it, and sees a removal that came first: nothing slips in behind it.
 * @param bind the placeholder of the integration's id
 */
export const openIntegration = (bind: string): string =>
  `open AS (
    SELECT users_closed_until, groups_closed_until, sync_list, profile_attributes, profile_attributes_version
    FROM identity.integrations
    WHERE integration_id = ${bind} AND removed_at IS NULL FOR SHARE
  )`;

/**
 * Makes something once, however often its command comes.
 *
 * @param insert writes the row from `openIntegration`; undefined when a row stood in the way, or the integration is
 *   removed or was never heard of
 * @param earlier the row that an earlier delivery of the same command made; refuses when another row is in the way
 * @returns the row, and whether an earlier delivery made it
 * @throws ScimError notFound when the integration is removed, and what `earlier` throws
 */
export async function createOnce<Row>(
  tx: Tx,
  integrationId: string,
  insert: () => Promise<Row | undefined>,
  earlier: () => Promise<Row | undefined>,
): Promise<{ row: Row; repeated: boolean }> {
  // A second round is needed when the integration was not known yet, or when what stood in the way has just gone.
  for (let round = 0; round < 3; round++) {
    const made = await insert();
    if (made) return { row: made, repeated: false };
    const found = await earlier();
    if (found) return { row: found, repeated: true };
    await expectIntegration(tx, integrationId);
  }
  throw new Refusal('unavailable', 'Others are changing the same thing at this moment.');
}

/** The event that tells of an integration may still be on its way when the first command for it arrives. */
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

/** Remembers the newest version of an integration; once removed it stays so, whatever comes late. */
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

/** Groups before users, for whoever changes members locks the group first; few at once, for their members go along. */
const OWNED = [
  { table: 'groups', batch: 20 },
  { table: 'users', batch: 2_000 },
  { table: 'deleted_users', batch: 10_000 },
  { table: 'deleted_groups', batch: 10_000 },
];

/** Deletes everything of an integration, names of groups to sync too, in batches that each stay within the time of one statement. */
export async function deleteDirectory(tx: Tx, integrationId: string): Promise<void> {
  for (const { table, batch } of OWNED) {
    const statement = `DELETE FROM identity.${table} WHERE integration_id = $1 AND id IN
      (SELECT id FROM identity.${table} WHERE integration_id = $1 ORDER BY id LIMIT ${batch})`;
    while ((await tx.run(statement, [integrationId])) > 0);
  }
  await tx.run(`DELETE FROM identity.list_blocks WHERE integration_id = $1`, [integrationId]);
  await tx.run(`UPDATE identity.integrations SET sync_list = NULL WHERE integration_id = $1`, [integrationId]);
}
