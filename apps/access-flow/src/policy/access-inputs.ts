import { type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { lockGroups } from '../directory/groups.queries.js';
import { type KnownUser, lockPresent } from '../directory/users.queries.js';
import { matches, type Person } from './condition.rule.js';
import { readFacts } from './facts.js';
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
  /** The same users with what conditions compare: only the groups of the flow. */
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
  const groups = await lockGroups(tx, integrationId, [groupId, ...groupsOf(unlocked)]);
  const flow = await lockFlow(tx, integrationId, flowId, 'SHARE');
  const persons = await readFacts(tx, integrationId, [userId, ...otherUserIds], groupsOf(flow));
  const person = persons.get(userId);
  const isEligible = flow !== undefined && person !== undefined && matches(flow.eligibility, person);
  const inputs = { user: users.get(userId), groupId, groupIsSynced: groups.has(groupId), isEligible };
  return { flow, inputs, users, persons };
}

/** @returns the groups on which decisions under the flow depend, besides the requested one */
function groupsOf(flow: UnnamedFlow | undefined): string[] {
  if (!flow) return [];
  const { conditionGroupIds, approverGroupIds } = flowReferences(flow);
  return [...new Set([...conditionGroupIds, ...approverGroupIds])];
}
