import { type Actor, type FlowRecord, type GrantStatus, Refusal } from '@tidegate/contracts';
import { isSamePerson, isUser } from '../commands/acting-person.rule.js';
import { type Circumstances, noLonger, obstacleTo } from '../flows/obstacle.rule.js';

/** A grant under lock. Times are of the database's clock. */
export interface Extendable {
  userId: string;
  status: GrantStatus;
  startsAt: Date;
  endsAt: Date;
  /** The latest end that its flow allowed when the grant was made. */
  maxEndsAt: Date;
  /** Whether its time is over, although nothing has ended it yet. */
  isOver: boolean;
  /** Who made its request; null where that was before actors were stored. */
  requestedBy: Actor | null;
}

/** What is asked for. */
export interface ExtensionAsked {
  /** How much longer. */
  seconds: number;
  actor: Actor;
  /** Whether the person who asks is the holder, though the actor does not name that user. */
  isHolder: boolean;
}

/**
 * An extension is a decision like an approval: it asks for what the flow allows now, in all it gives no more than the flow
 * allowed when the grant was made, and where a flow has approvers, neither the holder of the grant makes it nor the person
 * who made its request.
 *
 * @param flow undefined when it is deleted
 * @returns why the grant may not be extended, or undefined when it may
 */
export function whyNotExtend(
  grant: Extendable,
  flow: FlowRecord | undefined,
  circumstances: Circumstances,
  { seconds, actor, isHolder }: ExtensionAsked,
): Refusal | undefined {
  const { status, startsAt, endsAt, maxEndsAt, isOver } = grant;
  if (status !== 'active')
    return new Refusal('conflict', `This grant is ${status}; only an active one can be extended.`);
  if (isOver) return new Refusal('conflict', 'This grant is over.');
  if (!flow) return new Refusal('conflict', 'The access flow is deleted.');
  if (flow.approval.kind !== 'automatic') {
    if (isHolder || isUser(actor, grant.userId))
      return new Refusal('notAllowed', 'You cannot extend your own grant under a flow that needs an approval.');
    if (isSamePerson(grant.requestedBy, actor))
      return new Refusal('notAllowed', 'The person who made a request for another user may not extend its grant.');
  }
  const obstacle = obstacleTo(flow, circumstances);
  if (obstacle) return noLonger(obstacle);
  const longestSeconds = Math.min((maxEndsAt.getTime() - startsAt.getTime()) / 1000, flow.maxDurationSeconds);
  if (endsAt.getTime() + seconds * 1000 > startsAt.getTime() + longestSeconds * 1000)
    return new Refusal('conflict', `From its start this grant may last ${Math.floor(longestSeconds)} seconds at most.`);
  return undefined;
}
