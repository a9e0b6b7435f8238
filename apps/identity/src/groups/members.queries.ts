import { BEFORE_ALL, type MemberRecord } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type GroupRow } from './group.entity.js';
import { type MemberDifference, type MemberEffect } from './member-difference.js';

type GroupKey = Pick<GroupRow, 'integrationId' | 'id'>;

/** The kinds of members: the table of the resources, and the table and column of their memberships. */
const KINDS = [
  { type: 'User', table: 'identity.users', memberships: 'identity.group_members', column: 'user_id' },
  { type: 'Group', table: 'identity.groups', memberships: 'identity.group_groups', column: 'member_id' },
] as const;
type Kind = (typeof KINDS)[number];

/** The number of members written in one statement. The driver parses the result of a statement without yielding. */
const WRITTEN_AT_ONCE = 2_000;

/**
 * Lists of ids are exchanged with Postgres as text, because the driver would convert 100,000 array elements one by one
 * and block the event loop. The ids are UUIDs and need no escaping.
 */
const listOf = (ids: readonly string[]): string => `{${ids.join(',')}}`;
const idsIn = (text: string | null | undefined): string[] => (text ? text.split(',') : []);

/** SQL for the ids of all members of the group `$2` of the integration `$1`. */
const MEMBER_IDS = KINDS.map(
  ({ memberships, column }) => `SELECT ${column} AS id FROM ${memberships} WHERE integration_id = $1 AND group_id = $2`,
).join(' UNION ALL ');

/**
 * SQL for the members of the group `$2` after the id `$3`, at most `$4` of each kind. Each kind is read by its index up
 * to the limit. A single ORDER BY over both would read and sort all members under row-level security.
 */
const MEMBERS_AFTER = KINDS.map(
  ({ type, memberships, column }) =>
    `(SELECT ${column} AS id, '${type}' AS type FROM ${memberships}
      WHERE integration_id = $1 AND group_id = $2 AND ${column} > $3 ORDER BY ${column} LIMIT $4)`,
).join(' UNION ALL ');

/** @returns the members to add and to remove so that the group has exactly the wanted members */
export async function differenceTo(
  tx: Tx,
  { integrationId, id }: GroupKey,
  wanted: readonly string[],
): Promise<{ add: string[]; remove: string[] }> {
  const found = await tx.rows<{ isMember: boolean; ids: string }>(
    // A full join is a hash or merge join regardless of estimated sizes. The planner ran anti-joins as nested loops.
    `SELECT m.id IS NOT NULL AS "isMember", string_agg(coalesce(m.id, w.id)::text, ',') AS ids
     FROM (${MEMBER_IDS}) AS m FULL JOIN (SELECT unnest($3::uuid[]) AS id) AS w ON w.id = m.id
     WHERE m.id IS NULL OR w.id IS NULL GROUP BY 1`,
    [integrationId, id, listOf(wanted)],
  );
  const those = (isMember: boolean) => idsIn(found.find((row) => row.isMember === isMember)?.ids);
  return { add: those(false), remove: those(true) };
}

/**
 * Adds and removes members; the caller holds the lock of the group. Ids of no user are searched among the groups.
 * Unknown ids, existing members to add and missing members to remove are ignored. The cost depends on the number of
 * given ids, not on the size of the group.
 *
 * @returns the actual changes, and the ids to add that are unknown
 */
export async function changeMembers(tx: Tx, group: GroupKey, { add, remove }: Part): Promise<MemberEffect> {
  const changed: MemberDifference[] = [];
  let ids: readonly string[] = remove.length === 0 ? add : [...add, ...remove];
  for (const kind of KINDS) {
    if (ids.length === 0) break;
    const found = await lockMembers(tx, kind, group, ids);
    if (found.size === 0) continue; // filtering 100,000 unknown ids again would block the event loop
    ids = ids.filter((id) => !found.has(id));
    const those = (given: readonly string[]) => given.filter((id) => found.has(id));
    for (const part of parts(those(add), those(remove)))
      for (const difference of await changeKind(tx, kind, group, part)) changed.push(difference);
  }
  if (ids.length === 0 || remove.length === 0) return { changed, unknown: [...ids] };
  const added = new Set(add);
  return { changed, unknown: ids.filter((id) => added.has(id)) };
}

/**
 * Locks members so that they cannot be deleted while they are added. Users are locked before groups, and both in the
 * order of their ids, so concurrent transactions cannot deadlock.
 * @returns the ids that belong to this kind
 */
async function lockMembers(
  tx: Tx,
  { table }: Kind,
  { integrationId }: GroupKey,
  ids: readonly string[],
): Promise<Set<string>> {
  const found = await tx.row<{ ids: string | null }>(
    `SELECT string_agg(id::text, ',') AS ids FROM (
       SELECT id FROM ${table} WHERE integration_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR KEY SHARE
     ) AS locked`,
    [integrationId, listOf(ids)],
  );
  return new Set(idsIn(found?.ids));
}

type Part = { add: readonly string[]; remove: readonly string[] };

/** Splits changes into parts that are written one after the other. */
function* parts(add: readonly string[], remove: readonly string[]): Generator<Part> {
  for (let at = 0; at < Math.max(add.length, remove.length); at += WRITTEN_AT_ONCE) {
    const end = at + WRITTEN_AT_ONCE;
    yield { add: add.slice(at, end), remove: remove.slice(at, end) };
  }
}

function changeKind(
  tx: Tx,
  { type, memberships, column }: Kind,
  { integrationId, id }: GroupKey,
  { add, remove }: Part,
): Promise<MemberDifference[]> {
  return tx.rows<MemberDifference>(
    `WITH added AS (
       INSERT INTO ${memberships} (integration_id, group_id, ${column}) SELECT $1, $2, unnest($3::uuid[])
       ON CONFLICT DO NOTHING RETURNING ${column} AS id
     ), removed AS (
       DELETE FROM ${memberships}
       WHERE integration_id = $1 AND group_id = $2 AND ${column} = ANY ($4::uuid[]) RETURNING ${column} AS id
     )
     SELECT '${type}' AS type, id, true AS present FROM added UNION ALL SELECT '${type}', id, false FROM removed`,
    [integrationId, id, listOf(add), listOf(remove)],
  );
}

/** @returns the members of a group after an id, ordered by id, without display names */
export function membersAfter(
  tx: Tx,
  { integrationId, id }: GroupKey,
  after: string,
  limit: number,
): Promise<Pick<MemberDifference, 'id' | 'type'>[]> {
  return tx.rows(`SELECT id, type FROM (${MEMBERS_AFTER}) AS m ORDER BY id LIMIT $4`, [
    ...[integrationId, id, after],
    limit,
  ]);
}

/** Whether a group has more members than the given number, without counting all of them. */
export async function hasMoreMembers(tx: Tx, { integrationId, id }: GroupKey, than: number): Promise<boolean> {
  const next = await tx.row(`SELECT 1 FROM (${MEMBERS_AFTER}) AS m OFFSET $4 - 1 LIMIT 1`, [
    ...[integrationId, id, BEFORE_ALL],
    than + 1,
  ]);
  return next !== undefined;
}

/**
 * Reads the members of groups of one integration, users and groups ordered by id.
 * @param after the id after which each list starts
 * @param limit the maximum length of each list
 * @returns the lists by group id
 */
export async function membersOf(
  tx: Tx,
  groups: readonly GroupKey[],
  after: string,
  limit: number,
): Promise<Map<string, MemberRecord[]>> {
  const members = new Map<string, MemberRecord[]>(groups.map(({ id }) => [id, []]));
  if (groups.length === 0) return members;
  // Each kind is read by its index and limited to the page before the join.
  const part = ({ type, table, memberships, column }: Kind, display: string) => `
    (SELECT m.id, '${type}' AS type, ${display} AS display
     FROM (SELECT ${column} AS id FROM ${memberships}
           WHERE integration_id = $1 AND group_id = g.id AND ${column} > $3 ORDER BY ${column} LIMIT $4) AS m
     JOIN ${table} t ON t.integration_id = $1 AND t.id = m.id)`;
  const [users, nested] = KINDS;
  const found = await tx.rows<MemberRecord & { groupId: string }>(
    `SELECT g.id AS "groupId", m.id, m.type, m.display FROM unnest($2::uuid[]) AS g (id)
     CROSS JOIN LATERAL (
       ${part(users, 'coalesce(t.display_name, t.user_name)')} UNION ALL ${part(nested, 't.display_name')}
       ORDER BY id LIMIT $4
     ) AS m
     ORDER BY g.id, m.id`,
    [groups[0]!.integrationId, [...members.keys()], after, limit],
  );
  for (const { groupId, id, type, display } of found) members.get(groupId)?.push({ id, type, display });
  return members;
}
