import {
  type CommandContext,
  type CommandData,
  type CommandName,
  type CommandReply,
  type Service,
  type Fact,
} from '@tidegate/contracts';
import { type ClientProxy, type CustomTransportStrategy, type Server } from '@nestjs/microservices';

/** What a caller says with a command; the client adds the rest of the envelope. */
export interface Asking {
  /** The integrations the caller may touch. */
  integrationIds: string[];
  requestId: string;
  /** Milliseconds since 1970: the answer must be there by then. */
  deadlineAt: number;
  /** UTC, ISO 8601; now when left out. */
  receivedAt?: string;
  /** Travels in the urgent lane. */
  urgent?: boolean;
  context: CommandContext;
  /** Given to repeat an earlier command; a new one when left out. */
  commandId?: string;
}

/** How many messages a service works on at once, by lane. The sum must fit its database pool. */
export interface Prefetch {
  commands: number;
  urgentCommands: number;
  facts: number;
  urgentFacts: number;
}

/** What became of a fact that was handed over. */
export type Delivery =
  /** The hearer (or the broker on behalf of all hearers) has it and keeps it. */
  | { outcome: 'done' }
  /** The hearer is away or its infrastructure failed: try again, and do not count it. */
  | { outcome: 'away'; reason: string }
  /** The hearer refused it: counted, and quarantined at the limit. */
  | { outcome: 'failed'; reason: string };

/** Hands facts over to their hearers. */
export interface FactPublisher {
  /**
   * Where the fact must be delivered, each on its own account: one name that stands for the broker, or the hearing
   * services themselves when there is no broker between.
   */
  destinations(fact: Fact): readonly string[];
  /** Delivers to one destination; never rejects. */
  deliver(fact: Fact, destination: string): Promise<Delivery>;
}

/** A fact that its hearer could not take. */
export interface QuarantinedFact {
  factId: string;
  name: string;
  hearer: string;
  reason: string;
  attempts: number;
  /** UTC, ISO 8601. */
  quarantinedAt: string;
}

/** How often a hearer may refuse a fact before it is set aside. */
export const QUARANTINE_AFTER = 5;

/** Told of each fact that is set aside, for the alarm; why is in the quarantine. */
export type OnQuarantined = (fact: Pick<QuarantinedFact, 'factId' | 'name'>) => void;

/** What was set aside, and what an operator does with it. */
export interface Quarantine {
  /** @param limit how many at most */
  list(limit: number): Promise<QuarantinedFact[]>;
  /** Lets the hearer try again. @returns whether the fact was there */
  redrive(factId: string, hearer: string): Promise<boolean>;
  /** Gives the fact up for this hearer. @returns whether the fact was there */
  discard(factId: string, hearer: string): Promise<boolean>;
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
  /** The strategy for `connectMicroservice`: receives the commands and facts of one service. */
  server(service: Service, prefetch: Prefetch, onQuarantined: OnQuarantined): Server & CustomTransportStrategy;
  /** One client per process and service. */
  client(service: Service): ClientProxy & CommandClient;
  publisher(service: Service): FactPublisher;
  /** Resolves when messages can travel; rejects with the reason when they cannot. For readiness. */
  check(): Promise<void>;
  /** Closes connections; servers are closed by Nest before. */
  close(): Promise<void>;
}
