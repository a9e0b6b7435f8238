import { type CommandName } from '@tidegate/contracts';
import { type Caller } from '../auth/caller.js';
import { type CommandLane, LANES } from '../scim/lane.rule.js';
import { type Pause } from '../keyed-semaphore.js';

/** How a command of /api/v1 waits for its place. None has a body that is huge. */
export type ApiLane = Exclude<CommandLane, 'huge'>;

/** As `LANES`, beside those of the SCIM client: a flood of the one keeps no place from the other. */
export const API_LANES: Readonly<Record<ApiLane, { atOnce: number; rest: Pause }>> = {
  urgent: { atOnce: 2, rest: LANES.urgent.rest },
  long: { atOnce: 2, rest: LANES.long.rest },
  ordinary: { atOnce: 3, rest: LANES.ordinary.rest },
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
 * In whose line a command waits: of one integration in the line of that one, whoever sends it; of several in the line of
 * the caller, since it must not wait behind, or fill, the line of any one of them.
 */
export function lineOf(integrationIds: readonly string[], caller: Exclude<Caller, { kind: 'scim' }>): string {
  const [only, ...others] = integrationIds;
  if (only !== undefined && others.length === 0) return only;
  return caller.kind === 'key' ? `key ${caller.keyId}` : JSON.stringify([caller.issuer, caller.subject]);
}
