import { type CommandName } from '@tidegate/contracts';
import { type Pause } from '../keyed-semaphore.js';

/**
 * How a command of an integration waits for its place:
 * - `urgent` commands take access away and are small;
 * - `long` commands may take seconds of the database or much work;
 * - `huge` commands have a body above 256 KiB: a group with thousands of members;
 * - all others are `ordinary`.
 */
export type CommandLane = 'urgent' | 'long' | 'huge' | 'ordinary';

/**
 * Of each lane, the commands of one integration that are under way at once, and how long a place stays empty after a
 * command while other integrations send commands too. A gateway that has more commands keeps them in line; the places of
 * identity are few, and so no integration can take them from the others.
 */
export const LANES: Readonly<Record<CommandLane, { atOnce: number; rest: Pause }>> = {
  urgent: { atOnce: 4, rest: { times: 3, maxMs: 100 } },
  long: { atOnce: 2, rest: { times: 4, maxMs: 1000 } },
  huge: { atOnce: 1, rest: { times: 4, maxMs: 2000 } },
  ordinary: { atOnce: 8, rest: { times: 6, maxMs: 250 } },
};

/** A bigger body is not urgent: a user is smaller. It is long, for reading it is much work. */
export const SMALL_BYTES = 128 * 1024;
/** A longer body takes tenths of a second to read and to write. */
export const HUGE_BYTES = 256 * 1024;
/** Okta and Entra ID send a handful of operations, and one to deactivate. */
const FEW_OPERATIONS = 20;
/** A search through everything, a group with all its members, and what waits for the lock of such a group. */
const LONG = new Set<CommandName>(['users.list', 'groups.list', 'groups.create', 'groups.replace', 'groups.patch']);

interface Sent {
  name: CommandName;
  data: object;
  /** Bytes of the body, or of the operation of a bulk request. */
  bodyLength: number;
  /** Whether it may deactivate a user or delete something. */
  takesAccess: boolean;
  isInBulk: boolean;
}

/**
 * Chooses the lane of a command. Of a bulk request each operation is a command: those that take access away are urgent
 * as they would be alone, all others are long.
 */
export function laneOf({ name, data, bodyLength, takesAccess, isInBulk }: Sent): CommandLane {
  const operations = 'operations' in data && Array.isArray(data.operations) ? data.operations.length : 0;
  const isSmall = bodyLength <= SMALL_BYTES && operations <= FEW_OPERATIONS;
  if (takesAccess && isSmall) return 'urgent';
  if (bodyLength > HUGE_BYTES) return 'huge';
  return LONG.has(name) || isInBulk || !isSmall ? 'long' : 'ordinary';
}

/** Whether a call of that lane enters however many calls wait: what it holds in memory is little. */
export const alwaysEnters = (lane: CommandLane, heldBytes: number): boolean =>
  lane === 'urgent' && heldBytes <= SMALL_BYTES;
