import { type UnnamedFlow, Refusal } from '@tidegate/contracts';

/** State of a user and a group, read under lock for a decision. */
export interface AccessInputs {
  /** Undefined if the user does not exist. */
  user: { active: boolean } | undefined;
  groupId: string;
  /** Whether the group exists, is not deleted and is synced. */
  groupIsSynced: boolean;
  /** Whether the user matches the condition of the flow. */
  isEligible: boolean;
}

/** Reasons against access: code and message for a new request, message for a decision on an earlier request or a grant. */
const OBSTACLES = {
  no_user: ['missing', 'No such user.', 'The user is deleted.'],
  user_deactivated: [
    'notAllowed',
    "This user is deactivated and can't request access.",
    'The requester is deactivated.',
  ],
  flow_disabled: [
    'notAllowed',
    'This access flow is disabled and accepts no requests.',
    'The access flow is disabled.',
  ],
  group_not_offered: [
    'notAllowed',
    'This access flow does not offer this group.',
    'The access flow no longer offers this group.',
  ],
  // Also for deleted groups, which stay in their flows.
  group_not_synced: [
    'notAllowed',
    'This group is deleted or not in the groups to sync, and cannot be requested.',
    'The group is deleted or no longer in the groups to sync.',
  ],
  requester_not_eligible: [
    'notAllowed',
    'This user is not eligible for this access flow.',
    'The user is no longer eligible for this access flow.',
  ],
} as const;
export type Obstacle = keyof typeof OBSTACLES;

/** @returns the first obstacle to access to the group under the flow, or undefined if access is allowed */
export function findObstacle(
  flow: Pick<UnnamedFlow, 'enabled' | 'groupIds'>,
  { user, groupId, groupIsSynced, isEligible }: AccessInputs,
): Obstacle | undefined {
  if (!user) return 'no_user';
  if (!user.active) return 'user_deactivated';
  if (!flow.enabled) return 'flow_disabled';
  if (!flow.groupIds.includes(groupId)) return 'group_not_offered';
  if (!groupIsSynced) return 'group_not_synced';
  return isEligible ? undefined : 'requester_not_eligible';
}

/** @returns the Refusal of a new request */
export function refuseRequest(obstacle: Obstacle): Refusal {
  const [code, detail] = OBSTACLES[obstacle];
  return new Refusal(code, detail);
}

/** @returns the Refusal of a review or extension */
export function refuseDecision(obstacle: Obstacle): Refusal {
  return new Refusal('conflict', OBSTACLES[obstacle][2]);
}
