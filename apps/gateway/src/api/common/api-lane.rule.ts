import { type CommandName } from '@tidegate/contracts';
import { createHash } from 'node:crypto';
import { type Caller } from '../../callers/caller.js';
import { type CommandLane, LANES } from '../../limits/lane.rule.js';
import { type Cooldown } from '../../limits/keyed-semaphore.limiter.js';

/** Lane of a command of /api/v1. Its bodies are never huge. */
export type ApiLane = Exclude<CommandLane, 'huge'>;

/**
 * As `LANES`, but separate from those of SCIM clients, so that neither can exhaust the limits of the other. `perCaller`
 * limits the commands of one caller that wait or run in the queues; its other commands wait outside.
 */
export const API_LANES: Readonly<Record<ApiLane, { concurrency: number; perCaller: number; cooldown: Cooldown }>> = {
  urgent: { concurrency: 2, perCaller: 1, cooldown: LANES.urgent.cooldown },
  long: { concurrency: 2, perCaller: 2, cooldown: LANES.long.cooldown },
  ordinary: { concurrency: 3, perCaller: 2, cooldown: LANES.ordinary.cooldown },
};

/** Commands that end grants. */
const TAKES_ACCESS = new Set<CommandName>(['grants.revoke', 'grants.revokeMany', 'grants.panic', 'flows.delete']);
/** Lists, and commands that scan a table. */
const LONG = new Set<CommandName>([
  'users.page',
  'users.count',
  'groups.page',
  'groups.match',
  'flows.list',
  'requests.list',
  'requests.requestable',
  'requests.count',
  'grants.list',
  'grants.count',
  'grants.groups',
  'members.list',
  'memberships.list',
  'managers.report',
]);

/** @param takesAccess whether it precedes a command that takes access away */
export function apiLaneOf(name: CommandName, takesAccess: boolean): ApiLane {
  if (takesAccess || TAKES_ACCESS.has(name)) return 'urgent';
  return LONG.has(name) ? 'long' : 'ordinary';
}

/**
 * @returns the semaphore key of a command: its integration, or a hash of its integrations when it has several, so that it
 * does not block the commands of one of them. More keys for the same integrations give no more queues.
 */
export function queueKey(integrationIds: readonly string[]): string {
  const [only, ...others] = integrationIds;
  if (only !== undefined && others.length === 0) return only;
  return createHash('sha256').update(integrationIds.toSorted().join()).digest('base64url');
}

/** @returns the semaphore key of a caller, so that one caller has few entries in a queue that others share */
export function callerKey(caller: Exclude<Caller, { kind: 'scim' }>): string {
  return caller.kind === 'key' ? `key ${caller.keyId}` : JSON.stringify([caller.issuer, caller.subject]);
}
