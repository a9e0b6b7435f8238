import {
  type Command,
  type Event,
  fromCloudEvent,
  readCommand,
  Refusal,
  type RefusalCode,
  toCloudEvent,
} from '@tidegate/contracts';
import { acceptTrace } from '@tidegate/observability';

/** What may travel in one message: RabbitMQ 4 refuses more than 16 MiB. */
const MAX_BYTES = 16 * 1024 * 1024;

export const EVENT_CONTENT_TYPE = 'application/cloudevents+json';

/** @throws Refusal `tooLarge` when the command would not fit one message */
export function encodeCommand(command: Command): Buffer {
  const bytes = Buffer.from(JSON.stringify(command));
  if (bytes.length > MAX_BYTES) throw new Refusal('tooLarge', 'The request is too large.');
  return bytes;
}

/**
 * @returns the command; a trace that is not valid is replaced
 * @throws Error naming what is wrong with the envelope
 */
export function decodeCommand(bytes: Buffer): Command {
  return withValidTrace(readCommand(parsed(bytes)));
}

export function encodeEvent(event: Event): Buffer {
  return Buffer.from(JSON.stringify(toCloudEvent(event)));
}

/**
 * @returns the event, a trace that is not valid replaced; undefined when this release does not know the event's name
 * @throws Error naming what is wrong with the envelope
 */
export function decodeEvent(bytes: Buffer): Event | undefined {
  const event = fromCloudEvent(parsed(bytes));
  return event && withValidTrace(event);
}

/** The headers of a message that carry its trace, for tools that follow traces without reading bodies. */
export function traceHeaders({ traceparent, tracestate }: Command | Event): Record<string, string> {
  return { ...(traceparent !== undefined && { traceparent }), ...(tracestate !== undefined && { tracestate }) };
}

/** A reply on the wire: what the handler returned, or why it refused. */
export type Reply = { value: unknown } | { refused: { code: RefusalCode; detail: string } };

/** A reply that would not fit one message becomes a refusal: a message that is too large costs the whole connection. */
export function encodeReply(reply: Reply): Buffer {
  const bytes = Buffer.from(JSON.stringify(reply));
  if (bytes.length <= MAX_BYTES) return bytes;
  return encodeReply({ refused: { code: 'tooLarge', detail: 'The answer is too large; ask for less at once.' } });
}

/** @returns what the handler returned; @throws Refusal when it refused */
export function openReply(bytes: Buffer): unknown {
  const reply = JSON.parse(bytes.toString()) as Reply;
  if ('refused' in reply) throw new Refusal(reply.refused.code, reply.refused.detail);
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
