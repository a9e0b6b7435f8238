import { type TypesOf } from './commands/command-rule.js';
import { ACCESS_COMMANDS } from './commands/explain.dto.js';
import { FLOW_COMMANDS } from './commands/flows.dto.js';
import { GRANT_COMMANDS, MEMBERSHIP_COMMANDS, PROJECTION_COMMANDS } from './commands/grants.dto.js';
import { GROUP_COMMANDS } from './commands/groups.js';
import { MANAGER_COMMANDS } from './commands/managers.dto.js';
import { OWNER_COMMANDS } from './commands/owners.dto.js';
import { REFERENCE_COMMANDS } from './commands/references.dto.js';
import { REQUEST_COMMANDS } from './commands/requests.dto.js';
import { TIMELINE_COMMANDS } from './commands/timeline.dto.js';
import { USER_COMMANDS } from './commands/users.js';
import { VERSION_COMMANDS } from './commands/versions.dto.js';
import { type CommandContext } from './context.js';

/** Every command by its name. */
export const COMMANDS = {
  ...USER_COMMANDS,
  ...GROUP_COMMANDS,
  ...FLOW_COMMANDS,
  ...REQUEST_COMMANDS,
  ...GRANT_COMMANDS,
  ...MEMBERSHIP_COMMANDS,
  ...PROJECTION_COMMANDS,
  ...REFERENCE_COMMANDS,
  ...MANAGER_COMMANDS,
  ...OWNER_COMMANDS,
  ...VERSION_COMMANDS,
  ...TIMELINE_COMMANDS,
  ...ACCESS_COMMANDS,
};
/** The data and the reply of each command. */
export type CommandTypes = TypesOf<typeof COMMANDS>;
export type CommandName = keyof CommandTypes;
export type CommandData<N extends CommandName> = CommandTypes[N]['data'];
export type CommandReply<N extends CommandName> = CommandTypes[N]['reply'];

/** A command: a message with one receiver, one reply and a deadline. */
export interface Command<N extends CommandName = CommandName> {
  /** UUIDv7. The same when the command is sent again, so that the receiver can recognize a repeat. */
  commandId: string;
  name: N;
  /** The integrations that the caller has access to. The receiver reads and writes no others. */
  integrationIds: string[];
  /** Time at which the gateway received the call: UTC, ISO 8601. A write from before a deactivation cannot undo it. */
  receivedAt: string;
  /** Milliseconds since 1970. After it the command is dropped, because its caller no longer waits for the reply. */
  deadlineAt: number;
  requestId: string;
  /** W3C trace context of the call. The client adds it. */
  traceparent?: string | undefined;
  tracestate?: string | undefined;
  urgent: boolean;
  context: CommandContext;
  data: CommandData<N>;
}
