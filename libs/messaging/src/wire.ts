import { type Command, type Event, fromCloudEvent, readCommand, Refusal, toCloudEvent } from '@tidegate/contracts';
import { acceptTrace } from '@tidegate/observability';

/** Maximum size of a message: RabbitMQ 4 refuses more than 16 MiB. */
const MAX_BYTES = 16 * 1024 * 1024;

export const EVENT_CONTENT_TYPE = 'application/cloudevents+json';

/** @throws Refusal `tooLarge` if the command exceeds the maximum size */
export function encodeCommand(command: Command): Buffer {
  const bytes = Buffer.from(JSON.stringify(command));
  if (bytes.length > MAX_BYTES) throw new Refusal('tooLarge', 'The request is too large.');
  return bytes;
}

/**
 * @returns the command; an invalid trace is replaced by a new one
 * @throws Error with the names of the invalid fields
 */
export function decodeCommand(bytes: Buffer): Command {
  return withValidTrace(readCommand(parsed(bytes)));
}

export function encodeEvent(event: Event): Buffer {
  return Buffer.from(JSON.stringify(toCloudEvent(event)));
}

/**
 * @returns the event; an invalid trace is replaced by a new one. Undefined if the name is unknown in this release
 * @throws Error with the names of the invalid fields
 */
export function decodeEvent(bytes: Buffer): Event | undefined {
  const event = fromCloudEvent(parsed(bytes));
  return event && withValidTrace(event);
}

/** @returns the trace as headers of a message, for tools that do not read bodies */
export function traceHeaders({ traceparent, tracestate }: Command | Event): Record<string, string> {
  return { ...(traceparent !== undefined && { traceparent }), ...(tracestate !== undefined && { tracestate }) };
}

/** The reply to a command: the result of the handler, or its refusal. */
export type Reply = { value: unknown } | { refused: Refused };

/** A refusal as JSON. */
type Refused = Pick<Refusal, 'code' | 'detail'> & Partial<Pick<Refusal, 'existing'>>;

/** A reply above the maximum size becomes a refusal, because the broker closes the connection for such a message. */
export function encodeReply(reply: Reply): Buffer {
  const bytes = Buffer.from(JSON.stringify(reply));
  if (bytes.length <= MAX_BYTES) return bytes;
  return encodeReply({
    refused: { code: 'tooLarge', detail: 'The response is too large. Request less data at a time.' },
  });
}

/** @returns the result of the handler; @throws Refusal if the handler refused */
export function openReply(bytes: Buffer): unknown {
  const reply = JSON.parse(bytes.toString()) as Reply;
  if ('refused' in reply) throw new Refusal(reply.refused.code, reply.refused.detail, reply.refused.existing);
  return reply.value;
}

function parsed(bytes: Buffer): unknown {
  if (bytes.length > MAX_BYTES) throw new Error(`The message has ${bytes.length} bytes, more than ${MAX_BYTES}.`);
  return JSON.parse(bytes.toString());
}

function withValidTrace<T extends Command | Event>(message: T): T {
  const { traceparent, tracestate } = acceptTrace(message.traceparent, message.tracestate);
  return { ...message, traceparent, tracestate };
}
