import { type IdPageQuery, type EffectiveMembership } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { IS_AVAILABLE, IS_MEMBER } from './groups.queries.js';

interface MembershipRow extends Omit<EffectiveMembership, 'sources' | 'endsAt'> {
  /** Whether it comes from SCIM. */
  pushed: boolean;
  /** Whether it comes from a grant. */
  held: boolean;
  endsAt: Date | null;
}

const membershipRecord = (row: MembershipRow): EffectiveMembership => ({
  userId: row.userId,
  userName: row.userName,
  groupId: row.groupId,
  groupName: row.groupName,
  sources: [...(row.pushed ? (['scim'] as const) : []), ...(row.held ? (['grant'] as const) : [])],
  endsAt: row.endsAt?.toISOString() ?? null,
});

/**
 * Effective membership = user active AND group synced AND (member by SCIM OR by a grant). Each source is read in index
 * order and only up to the page size, so the size of a group does not change the cost of a page. A revoking grant is
 * included, with its original end, until the target confirms the removal.
 *
 * @param fixed the column whose value is given
 * @param paged the column by which the page is ordered
 */
const statement = (fixed: 'group_id' | 'user_id', paged: 'group_id' | 'user_id') => {
  const source = (table: string, condition: string) => `
    (SELECT m.integration_id, m.group_id, m.user_id FROM access_flow.${table} m
     JOIN access_flow.users u ON u.integration_id = m.integration_id AND u.id = m.user_id AND u.active AND NOT u.deleted
     JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
     WHERE m.integration_id = $1 AND m.${fixed} = $2 AND ($3::uuid IS NULL OR m.${paged} > $3) AND ${condition}
     ORDER BY m.${paged} LIMIT $4)`;
  return `
    WITH page AS (
      ${source('members', IS_MEMBER)} UNION ${source('directory_memberships', IS_AVAILABLE)} ORDER BY ${paged} LIMIT $4
    )
    SELECT p.user_id AS "userId", u.user_name AS "userName", p.group_id AS "groupId", g.display_name AS "groupName",
      EXISTS (SELECT 1 FROM access_flow.members m WHERE (m.integration_id, m.group_id, m.user_id)
        = (p.integration_id, p.group_id, p.user_id) AND ${IS_MEMBER}) AS pushed,
      held.yes AS held, CASE WHEN held.yes THEN ends.at END AS "endsAt"
    FROM page p
    JOIN access_flow.users u ON u.integration_id = p.integration_id AND u.id = p.user_id
    JOIN access_flow.groups g ON g.integration_id = p.integration_id AND g.id = p.group_id
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM access_flow.directory_memberships d
      WHERE (d.integration_id, d.group_id, d.user_id) = (p.integration_id, p.group_id, p.user_id)) AS yes) held
    CROSS JOIN LATERAL (SELECT coalesce(max(ends_at) FILTER (WHERE status <> 'revoking'), max(ends_at)) AS at
      FROM access_flow.grants t WHERE (t.integration_id, t.group_id, t.user_id)
        = (p.integration_id, p.group_id, p.user_id) AND t.status <> 'ended') ends
    ORDER BY p.${paged}`;
};

const OF_GROUP = statement('group_id', 'user_id');
const OF_USER = statement('user_id', 'group_id');

/** @returns members by user id; one more than the limit if there are more */
export async function membersOf(
  tx: Tx,
  integrationId: string,
  groupId: string,
  page: IdPageQuery,
): Promise<EffectiveMembership[]> {
  const rows = await tx.rows<MembershipRow>(OF_GROUP, [integrationId, groupId, page.cursor ?? null, page.limit + 1]);
  return rows.map(membershipRecord);
}

/** @returns memberships by group id; one more than the limit if there are more */
export async function membershipsOf(
  tx: Tx,
  integrationId: string,
  userId: string,
  page: IdPageQuery,
): Promise<EffectiveMembership[]> {
  const rows = await tx.rows<MembershipRow>(OF_USER, [integrationId, userId, page.cursor ?? null, page.limit + 1]);
  return rows.map(membershipRecord);
}

/** SQL condition: the row `g` exists for callers. */
const PRESENT = { users: 'NOT g.deleted', groups: IS_AVAILABLE } as const;

/** @returns the integration of a user that is not deleted or of an available group; undefined if there is none */
export async function integrationOf(
  tx: Tx,
  table: 'users' | 'groups',
  integrationIds: string[],
  id: string,
): Promise<string | undefined> {
  const row = await tx.row<{ integrationId: string }>(
    `SELECT integration_id AS "integrationId" FROM access_flow.${table} g WHERE integration_id = ANY ($1::uuid[]) AND id = $2 AND ${PRESENT[table]}`,
    [integrationIds, id],
  );
  return row?.integrationId;
}
