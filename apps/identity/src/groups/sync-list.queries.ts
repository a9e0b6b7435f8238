import { BEFORE_ALL, type SyncListMatch } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { GroupRow } from './group.entity.js';
import { SyncPassEntity } from './sync-pass.entity.js';
import { SyncPublicationEntity } from './sync-publication.entity.js';

/**
 * SQL for whether a group is on a list.
 * @param list SQL for the folded names; an empty list means all groups
 * @param nameKey SQL for the folded name of the group
 */
export const isListed = (list: string, nameKey: string): string =>
  `(cardinality(${list}) = 0 OR ${nameKey} = ANY (${list}))`;

/**
 * Stores a list that is newer than the stored one, and starts a pass that applies it to all groups. Late and repeated
 * lists have no effect. The update waits for concurrent creates of groups, which lock the integration's row.
 * @param list the folded names
 * @param version the version at which the list was saved
 */
export async function storeSyncList(tx: Tx, integrationId: string, list: string[], version: number): Promise<void> {
  await tx.run(
    `WITH stored AS (
       UPDATE identity.integrations SET sync_list = $2, sync_list_version = $3
       WHERE integration_id = $1 AND removed_at IS NULL AND (sync_list_version IS NULL OR sync_list_version < $3)
       RETURNING 1
     )
     INSERT INTO identity.sync_passes (integration_id, groups_after) SELECT $1, $4 FROM stored
     ON CONFLICT (integration_id) DO UPDATE SET groups_after = excluded.groups_after`,
    [integrationId, list, version, BEFORE_ALL],
  );
}

/** SQL for the stored list of the integration `$1`. */
const STORED_LIST = `coalesce((SELECT sync_list FROM identity.integrations WHERE integration_id = $1), ARRAY[]::text[])`;

/**
 * Locks the groups after an id, ordered by id.
 * @returns `changes`: whether `synced` of the group differs from the stored list
 */
export function lockGroupsAfter(
  tx: Tx,
  integrationId: string,
  after: string,
  limit: number,
): Promise<{ id: string; changes: boolean }[]> {
  return tx.rows(
    `SELECT id, synced <> ${isListed(STORED_LIST, 'display_name_key')} AS changes
     FROM identity.groups WHERE integration_id = $1 AND id > $2 ORDER BY id LIMIT $3 FOR NO KEY UPDATE`,
    [integrationId, after, limit],
  );
}

/**
 * Inverts `synced` of groups, each as its next version. `last_modified_at` does not change. Starts the publication of
 * the members of newly synced groups.
 * @returns the changed rows
 */
export async function toggleGroups(tx: Tx, integrationId: string, ids: string[]): Promise<GroupRow[]> {
  if (ids.length === 0) return [];
  const changed = await tx.rows<GroupRow>(
    `UPDATE identity.groups SET synced = NOT synced, version = version + 1, sync_version = version + 1
     WHERE integration_id = $1 AND id = ANY ($2::uuid[]) RETURNING ${columnsOf(GroupRow)}`,
    [integrationId, ids],
  );
  const those = (synced: boolean) => changed.filter((row) => row.synced === synced).map(({ id }) => id);
  await tx.run(`DELETE FROM identity.sync_publications WHERE integration_id = $1 AND group_id = ANY ($2::uuid[])`, [
    integrationId,
    those(false),
  ]);
  await tx.run(
    `INSERT INTO identity.sync_publications (integration_id, group_id, members_after, chunk)
     SELECT $1, unnest($2::uuid[]), $3, 0
     ON CONFLICT (integration_id, group_id) DO UPDATE SET members_after = excluded.members_after, chunk = 0`,
    [integrationId, those(true), BEFORE_ALL],
  );
  return changed;
}

/** Stores the progress of a pass. @param after the last group that was processed; undefined when all are */
export async function savePass(tx: Tx, integrationId: string, after: string | undefined): Promise<void> {
  await (after === undefined
    ? tx.delete(SyncPassEntity, { integrationId })
    : tx.update(SyncPassEntity, { integrationId }, { groupsAfter: after }));
}

/** How far the members of a group are published. */
export type Publication = Pick<SyncPublicationEntity, 'membersAfter' | 'chunk'>;

/** @returns the next group whose members must be published, locked against changes; undefined when there is none */
export async function lockPublication(tx: Tx, integrationId: string): Promise<(GroupRow & Publication) | undefined> {
  const next = await tx.findOne(SyncPublicationEntity, { where: { integrationId }, order: { groupId: 'ASC' } });
  if (!next) return undefined;
  const { groupId } = next;
  const group = await tx.row<GroupRow>(
    `SELECT ${columnsOf(GroupRow)} FROM identity.groups WHERE integration_id = $1 AND id = $2 FOR NO KEY UPDATE`,
    [integrationId, groupId],
  );
  // Read after the lock was acquired: meanwhile another process may have published all members or deleted the group.
  const publication = await tx.findOne(SyncPublicationEntity, { where: { integrationId, groupId } });
  return group && publication ? { ...group, ...publication } : lockPublication(tx, integrationId);
}

/** Stores the progress of publishing the members of a group. @param publication undefined when all are published */
export async function savePublication(
  tx: Tx,
  { integrationId, id: groupId }: Pick<GroupRow, 'integrationId' | 'id'>,
  publication: Publication | undefined,
): Promise<void> {
  const key = { integrationId, groupId };
  await (publication ? tx.update(SyncPublicationEntity, key, publication) : tx.delete(SyncPublicationEntity, key));
}

/**
 * Compares a list with the groups that are synced now, without a change.
 * @param list the given names by folded name
 * @param groupIds the groups to check for `leavingIds`, those that would not be synced
 */
export async function matchList(
  tx: Tx,
  integrationId: string,
  list: ReadonlyMap<string, string>,
  groupIds: readonly string[],
): Promise<SyncListMatch> {
  const keys = [...list.keys()];
  const found = await tx.row<Omit<SyncListMatch, 'unmatched'> & { unmatched: string[] }>(
    `WITH evaluated AS (
       SELECT id, synced, ${isListed('$2::text[]', 'display_name_key')} AS listed
       FROM identity.groups WHERE integration_id = $1
     )
     SELECT count(*) FILTER (WHERE listed AND NOT synced) AS joining,
       count(*) FILTER (WHERE synced AND NOT listed) AS leaving,
       coalesce(array_agg(id) FILTER (WHERE NOT listed AND id = ANY ($3::uuid[])), '{}') AS "leavingIds",
       ARRAY(SELECT key FROM unnest($2::text[]) AS key WHERE NOT EXISTS
         (SELECT 1 FROM identity.groups g WHERE g.integration_id = $1 AND g.display_name_key = key)) AS unmatched
     FROM evaluated`,
    [integrationId, keys, groupIds],
  );
  const unmatched = new Set(found!.unmatched);
  return { ...found!, unmatched: [...list].flatMap(([key, name]) => (unmatched.has(key) ? [name] : [])) };
}
