import { Logger } from '@nestjs/common';
import { type Command, type Event, EVENTS, Refusal, type Service } from '@tidegate/contracts';
import { BaseRpcContext, type MessageHandler, type Server } from '@nestjs/microservices';
import { acceptTrace, withRequestId } from '@tidegate/observability';
import { isObservable, lastValueFrom } from 'rxjs';
import { isTransient } from './transient.js';
import { type Delivery, type OnIgnored } from './transport.js';
import { type Reply } from './wire.js';

/** Receives errors that no caller gets. They must hold no payload: payloads are personal data. */
export type OnError = (what: string, error: unknown) => void;

/** @returns what writes them to the log */
export function logErrors(): OnError {
  const logger = new Logger('Messaging');
  return (what, error) => logger.warn({ err: error, what }, `${what} failed`);
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Runs the handler of a command and makes its reply. A transient failure is answered `unavailable`, so that the asker
 * repeats the command within its deadline; a bug is logged here and answered `internal`.
 *
 * @returns the reply, or undefined when the command's time is over: its caller has given up, so it must not be applied
 */
export async function answer(server: Server, command: Command, onError: OnError): Promise<Reply | undefined> {
  if (Date.now() >= command.deadlineAt) return undefined;
  const handler = handlerOf(server, command.name);
  if (!handler) return { refused: { code: 'internal', detail: `Nobody answers ${command.name}.` } };
  try {
    return { value: (await run(handler, command)) ?? {} };
  } catch (error) {
    const refusal = Refusal.from(error);
    if (refusal) return { refused: { code: refusal.code, detail: refusal.detail } };
    onError(`command ${command.name}`, error);
    return isTransient(error)
      ? { refused: { code: 'unavailable', detail: 'The directory is unavailable for the moment.' } }
      : { refused: { code: 'internal', detail: 'The request failed for a reason of our own.' } };
  }
}

/** The service that handles events, and where it reports to. */
export interface EventReceiver {
  service: Service;
  onError: OnError;
  onIgnored: OnIgnored;
}

/**
 * Runs the handler of an event once. An event that this release does not know, or that the service need not handle and
 * has no handler for, is acknowledged and counted.
 * @param event undefined for one that this release does not know
 * @returns the outcome
 */
export async function handleEvent(
  server: Server,
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
    await run(handler, event);
    return { outcome: 'done' };
  } catch (error) {
    onError(`event ${event.name} ${event.id}`, error);
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { outcome: isTransient(error) ? 'away' : 'failed', reason: reason.slice(0, 500) };
  }
}

/** Names are patterns as they are: Nest's `getHandlerByPattern` would first try to parse each as JSON, and fail. */
const handlerOf = (server: Server, name: string): MessageHandler | undefined => server.getHandlers().get(name);

function run(handler: MessageHandler, envelope: Command | Event): Promise<unknown> {
  const handled = async () => {
    const result: unknown = await handler(envelope, new BaseRpcContext([]));
    return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
  };
  return withRequestId(envelope.requestId, handled, acceptTrace(envelope.traceparent, envelope.tracestate));
}
