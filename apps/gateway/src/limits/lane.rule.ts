import { type CommandName } from '@tidegate/contracts';
import { type Cooldown } from './keyed-semaphore.limiter.js';

/**
 * Queue of a command:
 * - `urgent` commands remove access and are small;
 * - `long` commands can take seconds;
 * - `huge` commands have a body above 256 KiB: groups with thousands of members;
 * - all others are `ordinary`.
 */
export type CommandLane = 'urgent' | 'long' | 'huge' | 'ordinary';

/**
 * Per lane: concurrent commands of one integration, and the cooldown after each command while other integrations send
 * commands too. Further commands wait in the gateway, so that one integration cannot occupy all workers of identity.
 */
export const LANES: Readonly<Record<CommandLane, { concurrency: number; cooldown: Cooldown }>> = {
  urgent: { concurrency: 4, cooldown: { factor: 2, maxMs: 100 } },
  long: { concurrency: 2, cooldown: { factor: 4, maxMs: 1000 } },
  huge: { concurrency: 1, cooldown: { factor: 4, maxMs: 2000 } },
  ordinary: { concurrency: 8, cooldown: { factor: 6, maxMs: 250 } },
};

/** Commands with larger bodies are long, never urgent: users are smaller. */
export const SMALL_BYTES = 128 * 1024;
/** Larger bodies take tenths of a second to parse and to store. */
export const HUGE_BYTES = 256 * 1024;
/** Okta and Entra ID send few operations, and one to deactivate a user. */
const FEW_OPERATIONS = 20;
/** Searches, writes of all members of a group, and commands that wait for the locks of such groups. */
const LONG = new Set<CommandName>(['users.list', 'groups.list', 'groups.create', 'groups.replace', 'groups.patch']);

interface CommandInfo {
  name: CommandName;
  data: object;
  /** Bytes of the body, or of the operation in a bulk request. */
  bodyLength: number;
  /** Whether it may deactivate a user or delete something. */
  takesAccess: boolean;
  isInBulk: boolean;
}

/**
 * @returns the lane of a command. In bulk requests, operations that remove access are urgent too; all others are long
 */
export function laneOf({ name, data, bodyLength, takesAccess, isInBulk }: CommandInfo): CommandLane {
  const operations = 'operations' in data && Array.isArray(data.operations) ? data.operations.length : 0;
  const isSmall = bodyLength <= SMALL_BYTES && operations <= FEW_OPERATIONS;
  if (takesAccess && isSmall) return 'urgent';
  if (bodyLength > HUGE_BYTES) return 'huge';
  return LONG.has(name) || isInBulk || !isSmall ? 'long' : 'ordinary';
}

/** Whether a call bypasses admission control: it is urgent and uses little memory. */
export const bypassesAdmission = (lane: CommandLane, heldBytes: number): boolean =>
  lane === 'urgent' && heldBytes <= SMALL_BYTES;
