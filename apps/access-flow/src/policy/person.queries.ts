import { type ProfileValue } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { IS_AVAILABLE, IS_MEMBER } from '../directory/groups.queries.js';
import { type Person } from './condition.rule.js';

interface PersonRow {
  userId: string;
  /** Null if there is no profile. */
  attributes: Record<string, ProfileValue> | null;
}
interface GroupRow {
  groupId: string;
  pushed: string[];
  granted: string[];
}

/** SQL condition: user `m.user_id` has a live grant of group `g`, with a further condition on it. */
const hasGrant = (condition = 'true') => `EXISTS (SELECT 1 FROM access_flow.grants r
  WHERE (r.integration_id, r.user_id, r.group_id) = (g.integration_id, m.user_id, g.id) AND r.status <> 'ended' AND ${condition})`;

const PERSONS = `SELECT u.id AS "userId", p.attributes FROM access_flow.users u
  LEFT JOIN access_flow.user_profiles p ON p.integration_id = u.integration_id AND p.user_id = u.id
  WHERE u.integration_id = $1 AND u.id = ANY ($2::uuid[]) AND NOT u.deleted`;

/** A grant that takes effect in the identity provider is pushed back as a member. It counts as granted only. */
const GROUPS = `SELECT g.id AS "groupId",
    ARRAY(SELECT m.user_id FROM access_flow.members m
      WHERE m.integration_id = g.integration_id AND m.group_id = g.id AND m.user_id = ANY ($2::uuid[]) AND ${IS_MEMBER}
        AND NOT ${hasGrant('r.already_member IS NOT TRUE')}) AS pushed,
    ARRAY(SELECT d.user_id FROM access_flow.directory_memberships d
      WHERE d.integration_id = g.integration_id AND d.group_id = g.id AND d.user_id = ANY ($2::uuid[])
      UNION SELECT m.user_id FROM access_flow.members m
      WHERE m.integration_id = g.integration_id AND m.group_id = g.id AND m.user_id = ANY ($2::uuid[]) AND ${IS_MEMBER}
        AND ${hasGrant()}) AS granted
  FROM access_flow.groups g WHERE g.integration_id = $1 AND g.id = ANY ($3::uuid[]) AND ${IS_AVAILABLE}`;

/**
 * Reads the facts that conditions compare. It locks nothing.
 * @param userIds up to 500
 * @param groupIds up to 100, the groups of the conditions
 * @param managers the ids of the users' managers, by user id
 * @returns the users of the integration that are not deleted, by id, active or not. Groups that are not available are missing
 *   in each of them.
 */
export async function readPersons(
  tx: Tx,
  integrationId: string,
  userIds: string[],
  groupIds: string[],
  managers: ReadonlyMap<string, string> = new Map(),
): Promise<Map<string, Person>> {
  const persons = await tx.rows<PersonRow>(PERSONS, [integrationId, userIds]);
  const groups = groupIds.length > 0 ? await tx.rows<GroupRow>(GROUPS, [integrationId, userIds, groupIds]) : [];
  const members = groups.map(({ groupId, pushed, granted }) => [groupId, new Set(pushed), new Set(granted)] as const);
  const groupsOf = (userId: string): Person['groups'] =>
    new Map(members.map(([id, pushed, granted]) => [id, { scim: pushed.has(userId), granted: granted.has(userId) }]));
  return new Map(
    persons.map(({ userId, attributes }) => [
      userId,
      { userId, attributes: attributes ?? {}, managerId: managers.get(userId), groups: groupsOf(userId) },
    ]),
  );
}
