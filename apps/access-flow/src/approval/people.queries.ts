import { approverSources, type ApprovalStep, type ApproverSource, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { IS_MEMBER } from '../directory/groups.queries.js';
import { managersOf } from '../directory/managers.queries.js';
import { groupOwners } from '../directory/owners.queries.js';
import { readPresent } from '../directory/users.queries.js';
import { type People } from './routing.rule.js';

/**
 * Members of a group that are read to find out whether a quorum can be reached: more than can be excluded because they
 * reviewed already, plus the largest quorum.
 */
const MEMBERS_READ = 64;

/**
 * Resolves the sources of approvers of a step. A user that the flow names counts only if it was not deactivated since. A
 * membership by a grant makes nobody an approver.
 */
export async function readPeople(
  tx: Tx,
  flow: UnnamedFlow,
  step: ApprovalStep,
  { userId, groupId }: { userId: string; groupId: string },
): Promise<People> {
  const { integrationId, ownerIds, namedUsers } = flow;
  const sources = approverSources({ steps: [step] });
  const idsOf = (kind: 'user' | 'group') => sources.flatMap((each) => (each.kind === kind ? [each.id] : []));
  const has = (kind: ApproverSource['kind']) => sources.some((each) => each.kind === kind);

  const named = [...new Set([...idsOf('user'), ...ownerIds])];
  const users = named.length > 0 ? await readPresent(tx, integrationId, named) : new Map<string, never>();
  const isNamed = (id: string) => {
    const user = users.get(id);
    return user !== undefined && user.active && user.deactivations === namedUsers[id];
  };
  const members = has('group') ? await readMembers(tx, integrationId, idsOf('group')) : new Map<string, string[]>();
  const manager = has('manager') ? (await managersOf(tx, integrationId, [userId])).get(userId) : undefined;
  const ofGroup = has('group_owners') ? (await groupOwners(tx, integrationId, [groupId])).get(groupId) : undefined;
  const owners = ownerIds.filter(isNamed);
  return {
    owners,
    of(source) {
      switch (source.kind) {
        case 'user':
          return isNamed(source.id) ? [source.id] : [];
        case 'group':
          return members.get(source.id) ?? [];
        case 'manager':
          return manager && 'managerId' in manager ? [manager.managerId] : [];
        case 'group_owners':
          return ofGroup ?? [];
        case 'flow_owners':
          return owners;
      }
    },
  };
}

async function readMembers(tx: Tx, integrationId: string, groupIds: string[]): Promise<Map<string, string[]>> {
  const rows = await tx.rows<{ groupId: string; userIds: string[] }>(
    `SELECT i.id AS "groupId", ARRAY(
       SELECT m.user_id FROM access_flow.members m
       JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
       JOIN access_flow.users u ON u.integration_id = m.integration_id AND u.id = m.user_id AND u.active AND NOT u.deleted
       WHERE m.integration_id = $1 AND m.group_id = i.id AND ${IS_MEMBER} AND NOT EXISTS (
         SELECT 1 FROM access_flow.grants r WHERE r.integration_id = $1 AND r.group_id = i.id AND r.user_id = m.user_id
           AND r.status <> 'ended' AND r.already_member IS NOT TRUE)
       LIMIT ${MEMBERS_READ}
     ) AS "userIds"
     FROM (SELECT DISTINCT unnest($2::uuid[]) AS id) i`,
    [integrationId, groupIds],
  );
  return new Map(rows.map(({ groupId, userIds }) => [groupId, userIds]));
}
