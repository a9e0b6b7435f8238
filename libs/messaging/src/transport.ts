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

/** How many messages a service works on at once, by lane. The sum must fit its database pool. */
export interface Prefetch {
  commands: number;
  urgentCommands: number;
  events: number;
  urgentEvents: number;
}

/** What became of an event that was handed over. */
export type Delivery =
  /** The subscriber (or the broker on behalf of all subscribers) has it and keeps it. */
  | { outcome: 'done' }
  /** The subscriber is away or its infrastructure failed: try again, and do not count it. */
  | { outcome: 'away'; reason: string }
  /** The subscriber refused it: counted, and dead-lettered at the limit. */
  | { outcome: 'failed'; reason: string };

/** Hands events over to their subscribers. */
export interface EventPublisher {
  /**
   * Where the event must be delivered, each on its own account: one name that stands for the broker, or the hearing
   * services themselves when there is no broker between.
   */
  destinations(event: Event): readonly string[];
  /** Delivers to one destination; never rejects. */
  deliver(event: Event, destination: string): Promise<Delivery>;
}

/** An event that its subscriber could not take. */
export interface DeadLetter {
  eventId: string;
  name: string;
  subscriber: string;
  reason: string;
  attempts: number;
  /** UTC, ISO 8601. */
  deadLetteredAt: string;
}

/** How often a subscriber may refuse an event before it is set aside. */
export const DEAD_LETTER_AFTER = 5;

/** Told of each event that is set aside, for the alarm; why is in the dead-letter queue. */
export type OnDeadLetter = (event: Pick<DeadLetter, 'eventId' | 'name'>) => void;

/**
 * Called for each event that is acknowledged without a handler.
 * @param name of the event; `unknown` when this release does not know it
 */
export type OnIgnored = (name: string) => void;

/** What was set aside, and what an operator does with it. */
export interface DeadLetters {
  /** @param limit how many at most */
  list(limit: number): Promise<DeadLetter[]>;
  /** Lets the subscriber try again. @returns whether the event was there */
  redrive(eventId: string, subscriber: string): Promise<boolean>;
  /** Gives the event up for this subscriber. @returns whether the event was there */
  discard(eventId: string, subscriber: string): Promise<boolean>;
}

/** Asks commands: Nest's client, with a typed call on top. */
export abstract class CommandClient {
  /**
   * Sends a command and waits for its reply; while the receiver is away it is sent again under the same id.
   *
   * @returns the receiver's reply
   * @throws Refusal with the receiver's code; `unavailable` or `deadline` when no answer came in time
   */
  abstract ask<N extends CommandName>(name: N, asking: Asking, data: CommandData<N>): Promise<CommandReply<N>>;
}

/** The way messages travel between services: RabbitMQ, or calls within one process. */
export interface Transport {
  /** The strategy for `connectMicroservice`: receives the commands and events of one service. */
  server(
    service: Service,
    prefetch: Prefetch,
    onDeadLetter: OnDeadLetter,
    onIgnored: OnIgnored,
  ): Server & CustomTransportStrategy;
  /** @returns a client that sends the commands of the service. It throws for commands that the service may not send. */
  client(service: Service): ClientProxy & CommandClient;
  publisher(service: Service): EventPublisher;
  /** Resolves when messages can travel; rejects with the reason when they cannot. For readiness. */
  check(): Promise<void>;
  /** Closes connections; servers are closed by Nest before. */
  close(): Promise<void>;
}
