import { type CommandName } from '@tidegate/contracts';
import { createHash } from 'node:crypto';
import { type Caller } from '../auth/caller.js';
import { type CommandLane, LANES } from '../scim/lane.rule.js';
import { type Rest } from '../keyed-semaphore.js';

/** How a command of /api/v1 waits for its place. None has a body that is huge. */
export type ApiLane = Exclude<CommandLane, 'huge'>;

/**
 * As `LANES`, beside those of the SCIM client, so that a flood of one takes no slot from the other. `ofCaller` are the
 * commands of one caller that wait or run; its others wait before the queue.
 */
export const API_LANES: Readonly<Record<ApiLane, { atOnce: number; ofCaller: number; rest: Rest }>> = {
  urgent: { atOnce: 2, ofCaller: 1, rest: LANES.urgent.rest },
  long: { atOnce: 2, ofCaller: 2, rest: LANES.long.rest },
  ordinary: { atOnce: 3, ofCaller: 2, rest: LANES.ordinary.rest },
};

/** What ends grants. */
const TAKES_ACCESS = new Set<CommandName>(['grants.revoke', 'flows.delete']);
/** Lists, and what looks through all there is. */
const LONG = new Set<CommandName>([
  'users.page',
  'users.count',
  'groups.page',
  'groups.match',
  'flows.list',
  'requests.list',
  'requests.count',
  'grants.list',
  'grants.count',
  'grants.groups',
  'members.list',
  'memberships.list',
]);

/** @param takesAccess whether it is asked on the way to a command that takes access away */
export function apiLaneOf(name: CommandName, takesAccess: boolean): ApiLane {
  if (takesAccess || TAKES_ACCESS.has(name)) return 'urgent';
  return LONG.has(name) ? 'long' : 'ordinary';
}

/**
 * The queue in which a command waits: that of its integration, or of exactly these integrations. A queue of several does
 * not fill the queue of any one of them, and more keys for the same integrations give no more queues.
 */
export function queueOf(integrationIds: readonly string[]): string {
  const [only, ...others] = integrationIds;
  if (only !== undefined && others.length === 0) return only;
  return createHash('sha256').update(integrationIds.toSorted().join()).digest('base64url');
}

/** The caller as the key of a semaphore: one caller holds few entries of a queue that others share. */
export function callerKey(caller: Exclude<Caller, { kind: 'scim' }>): string {
  return caller.kind === 'key' ? `key ${caller.keyId}` : JSON.stringify([caller.issuer, caller.subject]);
}
