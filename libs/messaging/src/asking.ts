import { type Command, type CommandData, type CommandName, Refusal } from '@tidegate/contracts';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { type Asking } from './transport.js';

/** How much longer than the deadline an asker waits, so that a receiver's own last word still arrives. */
export const GRACE_MS = 250;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Makes the envelope of a command. */
export function commandOf<N extends CommandName>(name: N, asking: Asking, data: CommandData<N>): Command<N> {
  return {
    commandId: asking.commandId ?? uuidv7(),
    name,
    integrationIds: asking.integrationIds,
    receivedAt: asking.receivedAt ?? new Date().toISOString(),
    deadlineAt: asking.deadlineAt,
    requestId: asking.requestId,
    urgent: asking.urgent ?? false,
    context: asking.context,
    data,
  };
}

/**
 * Sends a command until it is answered or its time is over. It is the same command each time, and its receiver
 * recognises a repeat by the id, so sending it again after a lost reply does no harm.
 *
 * @param attempt sends it once; a Refusal `unavailable` means that it may be sent again
 * @throws the last Refusal
 */
export async function askUntilDeadline(
  command: Command,
  attempt: (command: Command) => Promise<unknown>,
): Promise<unknown> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await attempt(command);
    } catch (error) {
      const mayRepeat = error instanceof Refusal && error.code === 'unavailable';
      if (!mayRepeat || Date.now() + pause >= command.deadlineAt) throw error;
    }
    await delay(pause);
  }
}
