import { type Command } from './commands.js';
import { type Cause } from './context.js';
import { type Event } from './events.js';

/** @returns the cause of the changes that follow from a command or an event */
export function causeOf(message: Command | Event): Cause {
  const { requestId } = message;
  return { requestId, actor: 'context' in message ? message.context.actor : message.actor };
}
