import { type MemberRecord } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type GroupRow, type MemberDifference } from './group.row.js';

type GroupKey = Pick<GroupRow, 'integration_id' | 'id'>;

/** What would have to be added and removed for a group to have exactly these members. */
export async function differenceTo(
  tx: Tx,
  { integration_id, id }: GroupKey,
  wanted: readonly string[],
): Promise<{ add: string[]; remove: string[] }> {
  const found = await tx.rows<{ user_id: string; is_member: boolean }>(
    // A full join is hashed or merged whatever the planner believes of the sizes; anti-joins became nested loops.
    `SELECT coalesce(m.user_id, w.user_id) AS user_id, m.user_id IS NOT NULL AS is_member
     FROM (SELECT user_id FROM identity.group_members WHERE integration_id = $1 AND group_id = $2) AS m
     FULL JOIN (SELECT unnest($3::uuid[]) AS user_id) AS w ON w.user_id = m.user_id
     WHERE m.user_id IS NULL OR w.user_id IS NULL`,
    [integration_id, id, wanted],
  );
  const those = (isMember: boolean) => found.filter((row) => row.is_member === isMember).map((row) => row.user_id);
  return { add: those(false), remove: those(true) };
}

/**
 * Adds and removes members; the caller holds the group's lock. Unknown users, members already there and members
 * already gone are passed over. What it costs follows from the difference, not from the size of the group.
 *
 * @returns what was really changed
 */
export async function changeMembers(
  tx: Tx,
  { integration_id, id }: GroupKey,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): Promise<MemberDifference[]> {
  if (add.length + remove.length === 0) return [];
  // All users first, in the order of their ids: then nobody who holds a member waits for another, and no user who is
  // being deleted gets in.
  const known = await tx.rows<{ id: string }>(
    `SELECT id FROM identity.users WHERE integration_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR KEY SHARE`,
    [integration_id, [...add, ...remove]],
  );
  const users = new Set(known.map((user) => user.id));
  const changed = await tx.rows<{ user_id: string; present: boolean }>(
    `WITH added AS (
       INSERT INTO identity.group_members (integration_id, group_id, user_id) SELECT $1, $2, unnest($3::uuid[])
       ON CONFLICT DO NOTHING RETURNING user_id
     ), removed AS (
       DELETE FROM identity.group_members
       WHERE integration_id = $1 AND group_id = $2 AND user_id = ANY ($4::uuid[]) RETURNING user_id
     )
     SELECT user_id, true AS present FROM added UNION ALL SELECT user_id, false FROM removed`,
    [integration_id, id, add.filter((user) => users.has(user)), remove],
  );
  return changed.map(({ user_id, present }) => ({ userId: user_id, present }));
}

/** Whether a group has more members than that, without counting them. */
export async function hasMoreMembers(tx: Tx, { integration_id, id }: GroupKey, than: number): Promise<boolean> {
  const next = await tx.row(
    `SELECT 1 FROM identity.group_members WHERE integration_id = $1 AND group_id = $2
     ORDER BY user_id OFFSET $3 LIMIT 1`,
    [integration_id, id, than],
  );
  return next !== undefined;
}

/**
 * The members of each of these groups of one integration, in the order of their ids.
 * @param after the id that each list begins after
 * @param limit how many of each group at most
 * @returns lists by the group's id
 */
export async function membersOf(
  tx: Tx,
  groups: readonly GroupKey[],
  after: string,
  limit: number,
): Promise<Map<string, MemberRecord[]>> {
  const members = new Map<string, MemberRecord[]>(groups.map(({ id }) => [id, []]));
  if (groups.length === 0) return members;
  const found = await tx.rows<{ group_id: string; user_id: string; display: string }>(
    `SELECT m.group_id, m.user_id, coalesce(u.display_name, u.user_name) AS display
     FROM unnest($2::uuid[]) AS g (id)
     CROSS JOIN LATERAL (
       SELECT group_id, user_id FROM identity.group_members
       WHERE integration_id = $1 AND group_id = g.id AND user_id > $3 ORDER BY user_id LIMIT $4
     ) AS m
     JOIN identity.users u ON u.integration_id = $1 AND u.id = m.user_id
     ORDER BY m.group_id, m.user_id`,
    [groups[0]!.integration_id, [...members.keys()], after, limit],
  );
  for (const { group_id, user_id, display } of found)
    members.get(group_id)?.push({ id: user_id, type: 'User', display });
  return members;
}
