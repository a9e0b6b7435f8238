import { type Command } from './commands.js';
import { checkContext } from './context.js';
import { checkMembers, flag, integer, type Member, object, shortString, time, uuid, uuids } from './members.js';

/** What a caller gives with a command; the client adds the rest of the envelope. */
export interface Asking
  extends
    Pick<Command, 'integrationIds' | 'requestId' | 'deadlineAt' | 'context'>,
    Partial<Pick<Command, 'receivedAt' | 'urgent' | 'commandId'>> {}

const MEMBERS: Readonly<Record<Exclude<keyof Command, 'traceparent' | 'tracestate'>, Member>> = {
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
 * @param message the parsed message; its trace is not checked here
 * @returns the command
 * @throws Error that names every fault
 */
export function readCommand(message: unknown): Command {
  return checkMembers<Command>(MEMBERS, message);
}

/** @returns the key that commands take turns by: one integration must not delay the others */
export function fairnessKeyOf({ integrationIds }: Pick<Command, 'integrationIds'>): string {
  return integrationIds[0] ?? '';
}
