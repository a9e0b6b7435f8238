import { type Command } from './commands.js';
import { type Cause } from './context.js';
import { type Fact } from './facts.js';

/** @returns the cause of what a handler changes because of a command or an event */
export function causeOf(message: Command | Fact): Cause {
  const { requestId } = message;
  return { requestId, actor: 'context' in message ? message.context.actor : message.actor };
}
