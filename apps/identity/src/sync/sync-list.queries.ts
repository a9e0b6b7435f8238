import { BEFORE_ALL, type SyncListMatch } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { GROUP_ROW, type GroupRow } from '../groups/group.row.js';

/**
 * SQL of whether a group is on a list: the one place that says so.
 * @param list SQL of the names as they are compared; an empty list means all groups
 * @param nameKey SQL of the group's name as it is compared
 */
export const isListed = (list: string, nameKey: string): string =>
  `(cardinality(${list}) = 0 OR ${nameKey} = ANY (${list}))`;

/**
 * Keeps a list that is newer than the one that was heard, and has all groups decided by it from the first one on. Late
 * and repeated lists change nothing. Whoever is creating a group holds the integration's row, and is waited for.
 * @param version under which the list was saved
 */
export async function keepSyncList(tx: Tx, integrationId: string, list: string[], version: number): Promise<void> {
  await tx.run(
    `WITH heard AS (
       UPDATE identity.integrations SET sync_list = $2, sync_list_version = $3
       WHERE integration_id = $1 AND removed_at IS NULL AND (sync_list_version IS NULL OR sync_list_version < $3)
       RETURNING 1
     )
     INSERT INTO identity.sync_passes (integration_id, groups_after) SELECT $1, $4 FROM heard
     ON CONFLICT (integration_id) DO UPDATE SET groups_after = excluded.groups_after`,
    [integrationId, list, version, BEFORE_ALL],
  );
}

/** @returns the id that the list has been applied up to, locked, so that two never apply it at once; undefined when it is done */
export async function lockPass(tx: Tx, integrationId: string): Promise<string | undefined> {
  const row = await tx.row<{ groups_after: string }>(
    `SELECT groups_after FROM identity.sync_passes WHERE integration_id = $1 FOR UPDATE`,
    [integrationId],
  );
  return row?.groups_after;
}

/** SQL of the list that the integration `$1` was heard to have. */
const HEARD_LIST = `coalesce((SELECT sync_list FROM identity.integrations WHERE integration_id = $1), ARRAY[]::text[])`;

/**
 * Locks the groups after an id, in the order of their ids.
 * @returns each with whether it is synced otherwise than the list that was heard says
 */
export function lockGroupsAfter(
  tx: Tx,
  integrationId: string,
  after: string,
  limit: number,
): Promise<{ id: string; changes: boolean }[]> {
  return tx.rows(
    `SELECT id, synced <> ${isListed(HEARD_LIST, 'display_name_key')} AS changes
     FROM identity.groups WHERE integration_id = $1 AND id > $2 ORDER BY id LIMIT $3 FOR NO KEY UPDATE`,
    [integrationId, after, limit],
  );
}

/**
 * Takes groups in that were not synced, and lets those go that were, each as its next version. The resource itself is
 * not modified by it. Of those that are taken in the members are to be told.
 */
export async function turnGroups(tx: Tx, integrationId: string, ids: string[]): Promise<GroupRow[]> {
  if (ids.length === 0) return [];
  const turned = await tx.rows<GroupRow>(
    `UPDATE identity.groups SET synced = NOT synced, version = version + 1, sync_version = version + 1
     WHERE integration_id = $1 AND id = ANY ($2::uuid[]) RETURNING ${GROUP_ROW}`,
    [integrationId, ids],
  );
  const those = (synced: boolean) => turned.filter((row) => row.synced === synced).map(({ id }) => id);
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
  return turned;
}

/** Remembers how far the list has been applied. @param after undefined when all groups are decided */
export async function movePass(tx: Tx, integrationId: string, after: string | undefined): Promise<void> {
  await (after === undefined
    ? tx.run(`DELETE FROM identity.sync_passes WHERE integration_id = $1`, [integrationId])
    : tx.run(`UPDATE identity.sync_passes SET groups_after = $2 WHERE integration_id = $1`, [integrationId, after]));
}

/** How far the members of a group have been told: those after an id come next, as that chunk. */
export interface Publication {
  members_after: string;
  chunk: number;
}

/** @returns the group whose members are to be told next, locked against whoever would change it; undefined when all are told */
export async function lockPublication(tx: Tx, integrationId: string): Promise<(GroupRow & Publication) | undefined> {
  const next = await tx.row<{ group_id: string }>(
    `SELECT group_id FROM identity.sync_publications WHERE integration_id = $1 ORDER BY group_id LIMIT 1`,
    [integrationId],
  );
  if (!next) return undefined;
  const binds = [integrationId, next.group_id];
  const group = await tx.row<GroupRow>(
    `SELECT ${GROUP_ROW} FROM identity.groups WHERE integration_id = $1 AND id = $2 FOR NO KEY UPDATE`,
    binds,
  );
  // Read under the lock: while it was waited for, another may have told all, or the group may have gone.
  const publication = await tx.row<Publication>(
    `SELECT members_after, chunk FROM identity.sync_publications WHERE integration_id = $1 AND group_id = $2`,
    binds,
  );
  return group && publication ? { ...group, ...publication } : lockPublication(tx, integrationId);
}

/** Remembers how far the members of a group have been told. @param telling undefined when all are */
export async function movePublication(
  tx: Tx,
  { integration_id, id }: Pick<GroupRow, 'integration_id' | 'id'>,
  publication: Publication | undefined,
): Promise<void> {
  await (publication
    ? tx.run(
        `UPDATE identity.sync_publications SET members_after = $3, chunk = $4 WHERE integration_id = $1 AND group_id = $2`,
        [integration_id, id, publication.members_after, publication.chunk],
      )
    : tx.run(`DELETE FROM identity.sync_publications WHERE integration_id = $1 AND group_id = $2`, [
        integration_id,
        id,
      ]));
}

/**
 * What a list would come to.
 * @param list the names as they were given, by how they are compared
 * @param groupIds the groups of which it is asked whether they would be let go
 */
export async function matchList(
  tx: Tx,
  integrationId: string,
  list: ReadonlyMap<string, string>,
  groupIds: readonly string[],
): Promise<SyncListMatch> {
  const keys = [...list.keys()];
  const found = await tx.row<Omit<SyncListMatch, 'unmatched'> & { unmatched: string[] }>(
    `WITH judged AS (
       SELECT id, synced, ${isListed('$2::text[]', 'display_name_key')} AS listed
       FROM identity.groups WHERE integration_id = $1
     )
     SELECT count(*) FILTER (WHERE listed AND NOT synced)::float8 AS joining,
       count(*) FILTER (WHERE synced AND NOT listed)::float8 AS leaving,
       coalesce(array_agg(id) FILTER (WHERE NOT listed AND id = ANY ($3::uuid[])), '{}') AS "leavingIds",
       ARRAY(SELECT key FROM unnest($2::text[]) AS key WHERE NOT EXISTS
         (SELECT 1 FROM identity.groups g WHERE g.integration_id = $1 AND g.display_name_key = key)) AS unmatched
     FROM judged`,
    [integrationId, keys, groupIds],
  );
  const unmatched = new Set(found!.unmatched);
  return { ...found!, unmatched: [...list].flatMap(([key, name]) => (unmatched.has(key) ? [name] : [])) };
}
