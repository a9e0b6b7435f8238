import { type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { isMemberByScim, lockGroups } from '../directory/groups.queries.js';
import { type KnownUser, lockPresent } from '../directory/users.queries.js';
import { findFlow, lockFlow } from './flows.queries.js';
import { type AccessInputs } from './obstacle.rule.js';

/** The user, group and flow of a request or grant. */
export interface RequestedAccess {
  flowId: string;
  userId: string;
  groupId: string;
}

/** Inputs of a decision, locked until the end of the transaction. */
export interface LockedInputs {
  /** Undefined if deleted. */
  flow: UnnamedFlow | undefined;
  inputs: AccessInputs;
  /** The requester and `otherUserIds`, by id; without missing and deleted users. */
  users: Map<string, KnownUser>;
}

/**
 * Locks users, group and flow, in this order, so that concurrent changes of them are serialized with the decision. The lock
 * of the users also serializes decisions about the access of one user: two of them can't grant overlapping access.
 *
 * @param otherUserIds other users that the decision depends on, such as the reviewer
 */
export async function lockAccessInputs(
  tx: Tx,
  integrationId: string,
  { flowId, userId, groupId }: RequestedAccess,
  otherUserIds: string[] = [],
): Promise<LockedInputs> {
  const users = await lockPresent(tx, integrationId, [userId, ...otherUserIds], 'NO KEY UPDATE');
  // Groups are locked before flows, so their ids come from an unlocked read. If the flow changes in between, its new
  // requester groups are not locked, but still read below.
  const unlocked = await findFlow(tx, [integrationId], flowId);
  const groups = await lockGroups(tx, integrationId, [groupId, ...requesterGroupsOf(unlocked)]);
  const flow = await lockFlow(tx, integrationId, flowId, 'SHARE');
  const isEligible =
    flow?.requesters.kind === 'everyone' || (await isMemberByScim(tx, integrationId, userId, requesterGroupsOf(flow)));
  const inputs = { user: users.get(userId), groupId, groupIsSynced: groups.has(groupId), isEligible };
  return { flow, inputs, users };
}

const requesterGroupsOf = (flow: UnnamedFlow | undefined): string[] =>
  flow?.requesters.kind === 'members_of' ? flow.requesters.groupIds : [];
