import { type Command, type Event, Refusal } from '@tidegate/contracts';
import { readTrace, type SpanAttributes, type SpanRule } from '@tidegate/observability';

/** A message and where it is published. */
export interface Sending<M> {
  message: M;
  exchange: string;
  routingKey: string;
}

/** A message and the broker that delivered it; undefined in one process. */
export interface Handling {
  message: Command | Event;
  system: string | undefined;
}

/** A refusal is a result, not a failure: handlers refuse what does not exist or is not allowed. */
const isFailure = (error: unknown): boolean => !Refusal.from(error);

const parentOf = ({ message }: { message: Command | Event }) => readTrace(message.traceparent, message.tracestate);

/** https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ */
const attributesOf = (operation: string, type: string, message: Command | Event): SpanAttributes => ({
  'messaging.operation.name': operation,
  'messaging.operation.type': type,
  'messaging.message.id': 'commandId' in message ? message.commandId : message.id,
  'tidegate.integration_id': integrationOf(message),
});

/** A command can be about several integrations; then there is no value. */
function integrationOf(message: Command | Event): string | undefined {
  if (!('commandId' in message)) return message.integrationId ?? undefined;
  return message.integrationIds.length === 1 ? message.integrationIds[0] : undefined;
}

const destinationOf = ({ exchange, routingKey }: Sending<unknown>): SpanAttributes => ({
  'messaging.system': 'rabbitmq',
  'messaging.destination.name': exchange,
  'messaging.rabbitmq.destination.routing_key': routingKey,
});

/** One attempt to send a command, until its reply. */
export const COMMAND_SENT: SpanRule<Sending<Command>> = {
  kind: 'client',
  name: ({ message }) => `send ${message.name}`,
  attributes: (sending) => ({ ...attributesOf('send', 'send', sending.message), ...destinationOf(sending) }),
  parent: parentOf,
  isFailure,
};

/** One attempt to publish an event to one exchange. Its parent is the change, however long ago that was. */
export const EVENT_PUBLISHED: SpanRule<Sending<Event>> = {
  kind: 'producer',
  name: ({ message }) => `publish ${message.name}`,
  attributes: (sending) => ({ ...attributesOf('publish', 'send', sending.message), ...destinationOf(sending) }),
  parent: parentOf,
};

/** The handler of a command or an event. */
export const MESSAGE_HANDLED: SpanRule<Handling> = {
  kind: 'consumer',
  name: ({ message }) => `process ${message.name}`,
  attributes: ({ message, system }) => ({
    ...attributesOf('process', 'process', message),
    'messaging.system': system,
  }),
  parent: parentOf,
  isFailure,
};
