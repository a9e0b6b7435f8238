import { type FlowRecord } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { isPushedInto, lockGroups } from '../directory/groups.queries.js';
import { type KnownUser, lockPresent } from '../directory/users.queries.js';
import { findFlow, lockFlow } from './flows.queries.js';
import { type Circumstances } from './obstacle.rule.js';

/** Who is to have which group, and under which flow. */
export interface Access {
  flowId: string;
  userId: string;
  groupId: string;
}

/** What a decision hangs on; none of it changes before the transaction is over. */
export interface Locked {
  /** Undefined when it is deleted. */
  flow: FlowRecord | undefined;
  circumstances: Circumstances;
  /** The user and the `others`, by id, those who exist. */
  users: Map<string, KnownUser>;
}

/**
 * Locks for share what access under a flow hangs on, in the order user, group, flow. Whoever withdraws any of it is waited
 * for, or waits.
 *
 * @param others users beside the requester who have a part in the decision
 */
export async function lockCircumstances(
  tx: Tx,
  integrationId: string,
  { flowId, userId, groupId }: Access,
  others: string[] = [],
): Promise<Locked> {
  const users = await lockPresent(tx, integrationId, [userId, ...others]);
  // Groups come before flows, so their names are read before the flow is locked. A flow that changes in between has
  // groups of requesters that are not locked: they are read all the same.
  const seen = await findFlow(tx, [integrationId], flowId);
  const groups = await lockGroups(tx, integrationId, [groupId, ...requesterGroupsOf(seen)]);
  const flow = await lockFlow(tx, integrationId, flowId, 'SHARE');
  const isRequester =
    flow?.requesters.kind === 'everyone' || (await isPushedInto(tx, integrationId, userId, requesterGroupsOf(flow)));
  const circumstances = { user: users.get(userId), groupId, groupIsThere: groups.has(groupId), isRequester };
  return { flow, circumstances, users };
}

const requesterGroupsOf = (flow: FlowRecord | undefined): string[] =>
  flow?.requesters.kind === 'members_of' ? flow.requesters.groupIds : [];
