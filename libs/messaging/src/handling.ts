import { Logger } from '@nestjs/common';
import { type Command, dataClassOf, type Event, EVENTS, Refusal, type Service } from '@tidegate/contracts';
import { validated } from '@tidegate/contracts/dto';
import { BaseRpcContext, type MessageHandler, type Server } from '@nestjs/microservices';
import { acceptTrace, traced, withRequestId } from '@tidegate/observability';
import { isObservable, lastValueFrom } from 'rxjs';
import { MESSAGE_HANDLED } from './spans.js';
import { isTransient } from './transient.js';
import { type Delivery, type OnIgnored } from './transport.js';
import { type Reply } from './wire.js';

/** Receives errors that are not returned to a caller. They must contain no payload, which is personal data. */
export type OnError = (what: string, error: unknown) => void;

/** Nest's server of a transport. `messagingSystem`: the broker, for spans; absent without one. */
export type MessageServer = Server & { readonly messagingSystem?: string };

/** @returns a function that logs errors */
export function logErrors(): OnError {
  const logger = new Logger('Messaging');
  return (what, error) => logger.warn({ err: error, what }, `${what} failed`);
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Validates the data of a command by its class, if it has one, and runs the handler. After a transient failure the reply is
 * `unavailable`, so the caller repeats the command until its deadline. Other errors are logged, and the reply is `internal`.
 *
 * @returns the reply; undefined if the deadline has passed, without running the handler
 */
export async function handleCommand(
  server: MessageServer,
  command: Command,
  onError: OnError,
): Promise<Reply | undefined> {
  if (Date.now() >= command.deadlineAt) return undefined;
  const handler = handlerOf(server, command.name);
  if (!handler) return { refused: { code: 'internal', detail: `No service handles ${command.name}.` } };
  try {
    return { value: (await run(server, handler, command, () => withValidData(command))) ?? {} };
  } catch (error) {
    const refusal = Refusal.from(error);
    if (refusal) return { refused: { code: refusal.code, detail: refusal.detail, existing: refusal.existing } };
    onError(`command ${command.name}`, error);
    return isTransient(error)
      ? { refused: { code: 'unavailable', detail: 'The directory is temporarily unavailable.' } }
      : { refused: { code: 'internal', detail: 'The request failed because of an internal error.' } };
  }
}

/** @throws Refusal `invalid` for data that its class refuses */
function withValidData(command: Command): Command {
  const type = dataClassOf(command.name);
  return type ? { ...command, data: validated(type, command.data) } : command;
}

/** The service that handles events, and its reports. */
export interface EventReceiver {
  service: Service;
  onError: OnError;
  onIgnored: OnIgnored;
}

/**
 * Runs the handler of an event once. An event without a handler is acknowledged and counted if the service is not one of
 * its subscribers, or if the event is unknown.
 * @param event undefined for an event that is unknown in this release
 * @returns the outcome; never rejects
 */
export async function handleEvent(
  server: MessageServer,
  event: Event | undefined,
  { service, onError, onIgnored }: EventReceiver,
): Promise<Delivery> {
  const handler = event && handlerOf(server, event.name);
  if (!event || (!handler && !EVENTS[event.name].subscribers.includes(service))) {
    onIgnored(event?.name ?? 'unknown');
    return { outcome: 'done' };
  }
  if (!handler) return { outcome: 'failed', reason: `${service} has no handler for ${event.name}.` };
  try {
    await run(server, handler, event);
    return { outcome: 'done' };
  } catch (error) {
    onError(`event ${event.name} ${event.id}`, error);
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { outcome: isTransient(error) ? 'unavailable' : 'failed', reason: reason.slice(0, 500) };
  }
}

/** Patterns are names. Nest's `getHandlerByPattern` would try to parse each name as JSON first. */
const handlerOf = (server: Server, name: string): MessageHandler | undefined => server.getHandlers().get(name);

function run(
  server: MessageServer,
  handler: MessageHandler,
  message: Command | Event,
  read: () => Command | Event = () => message,
): Promise<unknown> {
  const handled = async () => {
    const result: unknown = await handler(read(), new BaseRpcContext([]));
    return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
  };
  const recorded = () => traced(MESSAGE_HANDLED, { message, system: server.messagingSystem }, handled);
  return withRequestId(message.requestId, recorded, acceptTrace(message.traceparent, message.tracestate));
}
