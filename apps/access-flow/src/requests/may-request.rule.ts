import { FLOW_LIMITS, type FlowRecord, Refusal } from '@tidegate/contracts';

export interface Asked {
  /** The locked user, or undefined when there is none. */
  user: { active: boolean } | undefined;
  /** Whether the group exists, is not deleted, and is synced. */
  groupIsThere: boolean;
  groupId: string;
  /** Whether SCIM pushed the user into one of the groups whose members may ask. */
  isRequester: boolean;
  durationSeconds: number;
}

/** @returns why this may not be asked for, or undefined when it may; everything that is not allowed is refused */
export function whyNotRequest(flow: FlowRecord, asked: Asked): Refusal | undefined {
  const { user, durationSeconds } = asked;
  const longest = flow.maxDurationSeconds;
  if (!user) return new Refusal('missing', 'No such user.');
  if (!user.active) return new Refusal('notAllowed', 'This user is deactivated and may not borrow anything.');
  if (!flow.enabled) return new Refusal('notAllowed', 'This access flow is switched off.');
  if (!flow.groupIds.includes(asked.groupId))
    return new Refusal('notAllowed', 'This group cannot be borrowed through this access flow.');
  // A deleted group leaves its flows.
  if (!asked.groupIsThere)
    return new Refusal('notAllowed', 'This group is not among the groups to sync; it cannot be borrowed.');
  if (!asked.isRequester) return new Refusal('notAllowed', 'This user may not ask through this access flow.');
  if (durationSeconds < FLOW_LIMITS.shortestSeconds || durationSeconds > longest)
    return new Refusal(
      'invalid',
      `durationSeconds must be ${FLOW_LIMITS.shortestSeconds} to ${longest} in this access flow.`,
    );
  return undefined;
}
