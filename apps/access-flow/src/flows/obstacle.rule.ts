import { type FlowRecord, Refusal } from '@tidegate/contracts';

/** A user and a group as a decision finds them, under lock. */
export interface Circumstances {
  /** Undefined when there is no such user. */
  user: { active: boolean } | undefined;
  groupId: string;
  /** Whether the group exists, is not deleted, and is synced. */
  groupIsThere: boolean;
  /** Whether everyone may request, or SCIM pushed the user into one of the groups of requesters. */
  isRequester: boolean;
}

/** What stands against access under a flow: as a new request is refused, and as an earlier one no longer holds. */
const OBSTACLES = {
  no_user: ['missing', 'No such user.', 'The user is deleted.'],
  user_deactivated: [
    'notAllowed',
    'This user is deactivated and may not borrow anything.',
    'The user who asked is deactivated.',
  ],
  flow_disabled: ['notAllowed', 'This access flow is switched off.', 'The access flow is disabled.'],
  group_not_offered: [
    'notAllowed',
    'This group cannot be borrowed through this access flow.',
    'The access flow no longer offers this group.',
  ],
  // A deleted group leaves its flows.
  group_not_synced: [
    'notAllowed',
    'This group is not among the groups to sync; it cannot be borrowed.',
    'The group is no longer among the groups to sync.',
  ],
  requester_not_eligible: [
    'notAllowed',
    'This user may not ask through this access flow.',
    'The user may no longer request access through this access flow.',
  ],
} as const;
export type Obstacle = keyof typeof OBSTACLES;

/** @returns the first thing that stands against access to the group under the flow, or undefined when nothing does */
export function obstacleTo(
  flow: Pick<FlowRecord, 'enabled' | 'groupIds'>,
  { user, groupId, groupIsThere, isRequester }: Circumstances,
): Obstacle | undefined {
  if (!user) return 'no_user';
  if (!user.active) return 'user_deactivated';
  if (!flow.enabled) return 'flow_disabled';
  if (!flow.groupIds.includes(groupId)) return 'group_not_offered';
  if (!groupIsThere) return 'group_not_synced';
  return isRequester ? undefined : 'requester_not_eligible';
}

/** How a new request is refused for it. */
export function refusedFor(obstacle: Obstacle): Refusal {
  const [code, detail] = OBSTACLES[obstacle];
  return new Refusal(code, detail);
}

/** How a decision on what was requested or granted earlier is refused for it. */
export function noLonger(obstacle: Obstacle): Refusal {
  return new Refusal('conflict', OBSTACLES[obstacle][2]);
}
