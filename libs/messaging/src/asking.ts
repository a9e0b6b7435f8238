import { type Asking, type Command, type CommandData, type CommandName, Refusal } from '@tidegate/contracts';
import { currentTrace, newTrace } from '@tidegate/observability';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';

/** How much longer than the deadline a caller waits, because the receiver can reply at the deadline. */
export const GRACE_MS = 250;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** @returns the envelope of a command, with the current trace or a new one */
export function commandOf<N extends CommandName>(name: N, asking: Asking, data: CommandData<N>): Command<N> {
  const { commandId = uuidv7(), receivedAt = new Date().toISOString(), urgent = false, ...given } = asking;
  return { commandId, name, receivedAt, urgent, ...given, ...(currentTrace() ?? newTrace()), data };
}

/**
 * Sends a command repeatedly until it has a reply or its deadline passes. The receiver detects a repeat by `commandId`.
 *
 * @param attempt sends the command once; a Refusal `unavailable` means that it can be sent again
 * @returns the reply
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
