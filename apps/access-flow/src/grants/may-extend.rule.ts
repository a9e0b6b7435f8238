import { type Actor, Refusal, type UnnamedFlow } from '@tidegate/contracts';
import { isSamePerson, isUser } from '../common/acting-person.rule.js';
import { type AccessInputs, findObstacle, refuseDecision } from '../policy/obstacle.rule.js';
import { type GrantEntity } from './grant.entity.js';

/** A locked grant, with times of the database's clock. */
export interface LockedGrant extends Pick<GrantEntity, 'userId' | 'status' | 'startsAt' | 'endsAt' | 'extensions'> {
  /** Start plus the flow's maximum at the time of the grant. */
  maxEndsAt: Date;
  /** Whether `endsAt` has passed; the status may still be active. */
  isOver: boolean;
  /** Who made its request; null if it is older than stored actors. */
  requestedBy: Actor | null;
}

/** Who extends: an administrator who neither has the grant nor requested it; all others need the flow's rule. */
export type ExtendsAs = 'administrator' | 'holder';

/** @param isHolder whether the acting person is the user of the grant, even if the actor does not name that user */
export function extendsAs(
  grant: Pick<LockedGrant, 'userId' | 'requestedBy'>,
  actor: Actor,
  isHolder: boolean,
): ExtendsAs {
  const isOwn = isHolder || isUser(actor, grant.userId) || isSamePerson(grant.requestedBy, actor);
  return isOwn ? 'holder' : 'administrator';
}

/**
 * Checks an extension. The flow must still allow the access. The total duration can exceed neither the flow's current nor
 * its original maximum. The flow's extension rule limits number and length, except for administrators.
 *
 * @param flow undefined if deleted
 * @returns the Refusal, or undefined if the grant can be extended
 */
export function whyNotExtend(
  grant: LockedGrant,
  flow: UnnamedFlow | undefined,
  inputs: AccessInputs,
  { seconds, as }: { seconds: number; as: ExtendsAs },
): Refusal | undefined {
  const { status, startsAt, endsAt, maxEndsAt, isOver, extensions } = grant;
  if (status !== 'active')
    return new Refusal('conflict', `This grant is ${status}. Only active grants can be extended.`);
  if (isOver) return new Refusal('conflict', 'This grant has expired. Make a new request.');
  if (!flow) return new Refusal('conflict', 'The access flow was deleted.');
  const obstacle = findObstacle(flow, inputs);
  if (obstacle) return refuseDecision(obstacle);
  if (as === 'holder') {
    const { extension: rule } = flow;
    if (!rule)
      return new Refusal(
        'notAllowed',
        'This access flow allows no extensions. Ask an administrator, or make a new request after the grant ends.',
      );
    if (extensions >= rule.maxCount)
      return new Refusal('conflict', `This grant was extended ${extensions} times, the most that the flow allows.`);
    if (seconds > rule.maxSeconds)
      return new Refusal('invalid', `durationSeconds must be at most ${rule.maxSeconds} for an extension.`);
  }
  const longestSeconds = Math.min((maxEndsAt.getTime() - startsAt.getTime()) / 1000, flow.maxDurationSeconds);
  if (endsAt.getTime() + seconds * 1000 > startsAt.getTime() + longestSeconds * 1000)
    return new Refusal('conflict', `This grant can last at most ${Math.floor(longestSeconds)} seconds from its start.`);
  return undefined;
}
