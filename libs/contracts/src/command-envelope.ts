import { type Command } from './commands.js';
import { checkContext } from './context.js';
import { type Check, checkEnvelope, flag, integer, object, shortString, time, uuid, uuids } from './envelope-checks.js';

/** What a caller passes with a command. The client adds the rest of the envelope. */
export interface Asking
  extends
    Pick<Command, 'integrationIds' | 'requestId' | 'deadlineAt' | 'context'>,
    Partial<Pick<Command, 'receivedAt' | 'urgent' | 'commandId'>> {}

const CHECKS: Readonly<Record<Exclude<keyof Command, 'traceparent' | 'tracestate'>, Check>> = {
  commandId: uuid,
  name: shortString,
  integrationIds: uuids,
  receivedAt: time,
  deadlineAt: integer,
  requestId: shortString,
  urgent: flag,
  context: [checkContext, 'must be the context of a command with its actor'],
  data: object,
};

/**
 * @param message the parsed message; its trace context is not checked
 * @returns the command
 * @throws Error with all failed checks
 */
export function readCommand(message: unknown): Command {
  return checkEnvelope<Command>(CHECKS, message);
}

/** @returns the key by which receivers alternate between commands, so that one integration does not delay the others */
export function fairnessKeyOf({ integrationIds }: Pick<Command, 'integrationIds'>): string {
  return integrationIds[0] ?? '';
}
