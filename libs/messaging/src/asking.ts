import { type Asking, type Command, type CommandData, type CommandName, Refusal } from '@tidegate/contracts';
import { currentTrace, newTrace } from '@tidegate/observability';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';

/** How much longer than the deadline an asker waits, so that a receiver's own last word still arrives. */
export const GRACE_MS = 250;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Makes the envelope of a command, which belongs to the trace of the work that asks it. */
export function commandOf<N extends CommandName>(name: N, asking: Asking, data: CommandData<N>): Command<N> {
  const { commandId = uuidv7(), receivedAt = new Date().toISOString(), urgent = false, ...given } = asking;
  return { commandId, name, receivedAt, urgent, ...given, ...(currentTrace() ?? newTrace()), data };
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
