import { type Actor, type UnnamedFlow, Refusal } from '@tidegate/contracts';
import { isSamePerson, isUser } from '../common/acting-person.rule.js';
import { type AccessInputs, refuseDecision, findObstacle } from '../policy/obstacle.rule.js';
import { type GrantEntity } from './grant.entity.js';

/** A locked grant, with times of the database's clock. */
export interface LockedGrant extends Pick<GrantEntity, 'userId' | 'status' | 'startsAt' | 'endsAt'> {
  /** Start plus the flow's maximum at the time of the grant. */
  maxEndsAt: Date;
  /** Whether `endsAt` has passed; the status may still be active. */
  isOver: boolean;
  /** Who made its request; null if it is older than stored actors. */
  requestedBy: Actor | null;
}

/** The requested extension. */
export interface ExtensionAsked {
  /** The additional duration. */
  seconds: number;
  actor: Actor;
  /** Whether the acting person is the user of the grant, even if the actor does not name that user. */
  isHolder: boolean;
  /** The actor may extend this grant only as an approver of its flow. To all others the grant is missing. */
  asApprover: boolean;
}

/**
 * Checks an extension. The flow must still allow the access, and neither its current nor its original maximum can be
 * exceeded. Under an automatic flow, the user of the grant can extend it. Under a flow with approvers, neither that user nor
 * the person who made its request can: an extension would bypass the approval. Its approvers and administrators can.
 *
 * @param flow undefined if deleted
 * @returns the Refusal, or undefined if the grant can be extended
 */
export function whyNotExtend(
  grant: LockedGrant,
  flow: UnnamedFlow | undefined,
  inputs: AccessInputs,
  { seconds, actor, isHolder, asApprover }: ExtensionAsked,
): Refusal | undefined {
  if (asApprover && !isApprover(flow, actor)) return new Refusal('missing', 'No such grant.');
  const { status, startsAt, endsAt, maxEndsAt, isOver } = grant;
  if (status !== 'active')
    return new Refusal('conflict', `This grant is ${status}. Only active grants can be extended.`);
  if (isOver) return new Refusal('conflict', 'This grant has expired. Make a new request.');
  if (!flow) return new Refusal('conflict', 'The access flow was deleted.');
  if (flow.approval.kind !== 'automatic') {
    if (isHolder || isUser(actor, grant.userId))
      return new Refusal(
        'notAllowed',
        "You can't extend your own grant under an access flow that requires approval. Ask an approver of the flow or an " +
          'administrator to extend it, or make a new request after it ends.',
      );
    if (isSamePerson(grant.requestedBy, actor))
      return new Refusal('notAllowed', "The person who made a request for another user can't extend its grant.");
  }
  const obstacle = findObstacle(flow, inputs);
  if (obstacle) return refuseDecision(obstacle);
  const longestSeconds = Math.min((maxEndsAt.getTime() - startsAt.getTime()) / 1000, flow.maxDurationSeconds);
  if (endsAt.getTime() + seconds * 1000 > startsAt.getTime() + longestSeconds * 1000)
    return new Refusal('conflict', `This grant can last at most ${Math.floor(longestSeconds)} seconds from its start.`);
  return undefined;
}

/** @returns whether the acting person is an approver of the flow */
function isApprover(flow: UnnamedFlow | undefined, actor: Actor): boolean {
  return flow?.approval.kind === 'one_approver' && flow.approval.approverIds.some((id) => isUser(actor, id));
}
