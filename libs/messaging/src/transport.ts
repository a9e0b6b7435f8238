import {
  type Asking,
  type CommandData,
  type CommandName,
  type CommandReply,
  type Service,
  type Event,
} from '@tidegate/contracts';
import { type ClientProxy, type CustomTransportStrategy, type Server } from '@nestjs/microservices';

export { type Asking } from '@tidegate/contracts';

/** Number of messages that a service handles at the same time, by kind and lane. The sum must fit its database pool. */
export interface Prefetch {
  commands: number;
  urgentCommands: number;
  events: number;
  urgentEvents: number;
}

/** The result of the delivery of an event to one destination. */
export type Delivery =
  /** The subscriber has handled it, or the broker has stored it. */
  | { outcome: 'done' }
  /** The subscriber or its infrastructure is unavailable. The event is delivered again; the attempt is not counted. */
  | { outcome: 'unavailable'; reason: string }
  /** The subscriber failed to handle it. The attempt is counted; at `DEAD_LETTER_AFTER` the event becomes a dead letter. */
  | { outcome: 'failed'; reason: string };

/** Delivers events. */
export interface EventPublisher {
  /** @returns the names of the destinations of an event, such as its subscribers; each has its own delivery */
  destinations(event: Event): readonly string[];
  /** Delivers to one destination; never rejects. */
  deliver(event: Event, destination: string): Promise<Delivery>;
}

/** An event that its subscriber could not handle. */
export interface DeadLetter {
  eventId: string;
  name: string;
  subscriber: string;
  reason: string;
  attempts: number;
  /** UTC, ISO 8601. */
  deadLetteredAt: string;
}

/** Number of failed attempts after which an event becomes a dead letter. */
export const DEAD_LETTER_AFTER = 5;

/** The log line for each dead letter. */
export const DEAD_LETTER_MESSAGE = 'An event was moved to the dead-letter queue: its subscriber failed to handle it';

/** Called for each new dead letter. The reason is in the dead-letter queue. */
export type OnDeadLetter = (event: Pick<DeadLetter, 'eventId' | 'name'>) => void;

/**
 * Called for each event that is acknowledged without a handler.
 * @param name of the event; `unknown` if it is unknown in this release
 */
export type OnIgnored = (name: string) => void;

/** The dead-letter queue, for operators. */
export interface DeadLetters {
  /** @param limit maximum number of results */
  list(limit: number): Promise<DeadLetter[]>;
  /** Delivers the event to the subscriber again. @returns whether the event was in the queue */
  redrive(eventId: string, subscriber: string): Promise<boolean>;
  /** Removes the event without delivery. @returns whether the event was in the queue */
  discard(eventId: string, subscriber: string): Promise<boolean>;
}

/** Sends commands. */
export abstract class CommandClient {
  /**
   * Sends a command and waits for its reply. While the receiver is unavailable, the command is sent again with the same id.
   *
   * @returns the receiver's reply
   * @throws Refusal with the receiver's code; `unavailable` or `deadline` without a reply in time
   */
  abstract ask<N extends CommandName>(name: N, asking: Asking, data: CommandData<N>): Promise<CommandReply<N>>;
}

/** Messages between services: over RabbitMQ, or as calls in one process. */
export interface Transport {
  /** @returns the strategy for `connectMicroservice`, which receives the commands and events of one service */
  server(
    service: Service,
    prefetch: Prefetch,
    onDeadLetter: OnDeadLetter,
    onIgnored: OnIgnored,
  ): Server & CustomTransportStrategy;
  /** @returns a client for the service. Its calls reject for commands that the service may not send. */
  client(service: Service): ClientProxy & CommandClient;
  publisher(service: Service): EventPublisher;
  /** Resolves if messages can be sent, for readiness. @throws Error with the reason */
  check(): Promise<void>;
  /** Closes the connections. Nest closes the servers before. */
  close(): Promise<void>;
}
