import { FLOW_LIMITS, Refusal, type UnnamedFlow } from '@tidegate/contracts';
import { type AccessInputs, findObstacle, refuseRequest } from '../policy/obstacle.rule.js';

/** What a request asks for. */
export interface Asked {
  durationSeconds: number;
  justification: string | null;
  startsAt: Date | null;
}

/** A member who requests, not an administrator. */
export interface RequestingMember {
  userId: string;
  isActive: boolean;
  /** Whether the member matches the condition of the flow. */
  isEligible: boolean;
  /** Whether the member is the manager of the user who gets access. */
  isManager: boolean;
}

/** @returns the Refusal of a new request, or undefined if it is allowed */
export function whyNotRequest(
  flow: UnnamedFlow,
  inputs: AccessInputs,
  { durationSeconds, justification, startsAt }: Asked,
  now: Date,
): Refusal | undefined {
  const obstacle = findObstacle(flow, inputs);
  if (obstacle) return refuseRequest(obstacle);
  const { minDurationSeconds: shortest, maxDurationSeconds: longest } = flow;
  if (durationSeconds < shortest || durationSeconds > longest)
    return new Refusal('invalid', `durationSeconds must be from ${shortest} to ${longest} for this access flow.`);
  if (flow.requireJustification && justification === null)
    return new Refusal('invalid', 'justification is required for this access flow.');
  if (startsAt === null) return undefined;
  const ahead = (startsAt.getTime() - now.getTime()) / 1000;
  if (ahead < 0) return new Refusal('invalid', 'startsAt must be in the future. Omit it to start at once.');
  if (ahead > FLOW_LIMITS.startsWithinSeconds)
    return new Refusal('invalid', `startsAt must be at most ${FLOW_LIMITS.startsWithinSeconds / 86_400} days ahead.`);
  return undefined;
}

/**
 * @param userId the user who gets access
 * @param member undefined for an administrator, who can request for every eligible user
 * @returns the Refusal of a request by this member, or undefined if the flow allows it
 */
export function whyNotRequestFor(
  { requesters }: Pick<UnnamedFlow, 'requesters'>,
  userId: string,
  member: RequestingMember | undefined,
): Refusal | undefined {
  if (!member) return undefined;
  if (member.userId === userId) {
    if (requesters.includes('self')) return undefined;
    return new Refusal('notAllowed', 'Under this access flow, users cannot request for themselves.');
  }
  if (!member.isActive) return new Refusal('notAllowed', 'You are deactivated and cannot request access.');
  if (requesters.includes('manager') && member.isManager) return undefined;
  if (requesters.includes('others') && member.isEligible) return undefined;
  return new Refusal('notAllowed', 'Under this access flow, you cannot request for this user.');
}

/** Live grants that caps of a flow limit. */
export interface LiveCounts {
  ofUser: number;
  ofGroup: number;
}

/** @returns the Refusal of one more grant, or undefined if the caps of the flow allow it */
export function whyCapped(
  { maxGrantsPerUser, maxGrantsPerGroup }: Pick<UnnamedFlow, 'maxGrantsPerUser' | 'maxGrantsPerGroup'>,
  { ofUser, ofGroup }: LiveCounts,
): Refusal | undefined {
  if (maxGrantsPerUser !== null && ofUser >= maxGrantsPerUser)
    return new Refusal('conflict', 'This user already has the most live grants that this access flow allows.');
  if (maxGrantsPerGroup !== null && ofGroup >= maxGrantsPerGroup)
    return new Refusal('conflict', 'This group already has the most live grants that this access flow allows.');
  return undefined;
}
