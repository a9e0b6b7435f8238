import { type FlowReply, type ListFlows, type Member } from '@tidegate/contracts';
import { type Bind, columnsOf, type Tx } from '@tidegate/database';
import { groupRefs, type GroupNames, namedActor, type UserNames, userRefs } from '../directory/names.rule.js';
import { actorIds, groupNames, userNames } from '../directory/names.sql.js';
import { flowReferences } from './flow-settings.rule.js';
import { FlowEntity } from './flow.entity.js';
import { flowRecord } from './flows.queries.js';
import { flowBinds, VISIBLE } from './visible.queries.js';

interface NamedRow extends FlowEntity {
  users: UserNames;
  groups: GroupNames;
}

const ACTORS = [...actorIds('f.created_by'), ...actorIds('f.updated_by')];
const SELECT = `
  SELECT ${columnsOf(FlowEntity, 'f')}, ${userNames('f', ACTORS, ['f.user_ids'])} AS users,
    ${groupNames('f', [], ['f.group_ids', 'f.condition_group_ids', 'f.approver_group_ids'])} AS groups
  FROM access_flow.flows f`;

async function namedFlows(tx: Tx, rest: string, binds: Bind[]): Promise<FlowReply[]> {
  const rows = await tx.rows<NamedRow>(`${SELECT} WHERE ${rest}`, binds);
  return rows.map(({ users, groups, ...flow }) => {
    const { namedUsers: _, ...record } = flowRecord(flow);
    return {
      ...record,
      groups: groupRefs(groups, flow.groupIds),
      users: userRefs(users, flow.userIds),
      otherGroups: groupRefs(groups, flowReferences(record).otherGroupIds),
      createdBy: namedActor(flow.createdBy, users),
      updatedBy: namedActor(flow.updatedBy, users),
    };
  });
}

/** @returns the flow with the names of what it refers to, for a reply */
export async function findNamedFlow(
  tx: Tx,
  integrationIds: string[],
  id: string,
  visibleTo: Member[] = [],
): Promise<FlowReply | undefined> {
  const rest = `f.integration_id = ANY ($1::uuid[]) AND f.id = $2 AND ${VISIBLE}`;
  return (await namedFlows(tx, rest, [integrationIds, id, ...(await flowBinds(tx, visibleTo))]))[0];
}

/** @returns newest first, at most `limit` + 1, with the names of what they refer to */
export async function listFlows(
  tx: Tx,
  integrationIds: string[],
  { cursor, limit, visibleTo = [] }: ListFlows,
): Promise<FlowReply[]> {
  return namedFlows(
    tx,
    `f.integration_id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR f.id < $2) AND ${VISIBLE} ORDER BY f.id DESC LIMIT $5`,
    [integrationIds, cursor ?? null, ...(await flowBinds(tx, visibleTo)), limit + 1],
  );
}
