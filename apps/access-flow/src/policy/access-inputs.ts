import { type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { lockGroups } from '../directory/groups.queries.js';
import { type KnownUser, lockPresent } from '../directory/users.queries.js';
import { matches, type Person } from './condition.rule.js';
import { neededFacts, readFacts } from './facts.js';
import { flowReferences } from './flow-settings.rule.js';
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
  /** The same users with what conditions compare: only the groups of the flow. Empty if the decision needs no facts. */
  persons: Map<string, Person>;
}

/**
 * Locks users, groups and flow, in this order, so that concurrent changes of them are serialized with the decision. The lock
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
  // Groups are locked before flows, so their ids come from an unlocked read. If the flow changes in between, its new groups
  // are not locked, but still read below.
  const unlocked = await findFlow(tx, [integrationId], flowId);
  const ofFlow = unlocked ? flowReferences(unlocked).otherGroupIds : [];
  const groups = await lockGroups(tx, integrationId, [groupId, ...ofFlow]);
  const flow = await lockFlow(tx, integrationId, flowId, 'SHARE');
  const persons = await readPersonsOf(tx, flow, [userId, ...otherUserIds]);
  const person = persons.get(userId);
  const isEligible = flow?.eligibility.kind === 'everyone' || (!!flow && !!person && matches(flow.eligibility, person));
  const inputs = { user: users.get(userId), groupId, groupIsSynced: groups.has(groupId), isEligible };
  return { flow, inputs, users, persons };
}

/** Without a condition, approver groups and other users, nothing is read: most requests need no facts. */
async function readPersonsOf(tx: Tx, flow: UnnamedFlow | undefined, userIds: string[]): Promise<Map<string, Person>> {
  if (!flow) return new Map();
  const { approverGroupIds, otherGroupIds: groupIds } = flowReferences(flow);
  const isNeeded = flow.eligibility.kind !== 'everyone' || approverGroupIds.length > 0 || userIds.length > 1;
  if (!isNeeded) return new Map();
  return readFacts(tx, flow.integrationId, userIds, { ...neededFacts([flow]), groupIds });
}
