import { type Lane, type Service } from '@tidegate/contracts';

export interface Exchange {
  name: string;
  type: 'topic' | 'direct';
}

/** Names of exchanges and queues, with the prefix of the system. */
export class Names {
  constructor(readonly prefix = '') {}

  /** The exchange of all events, for other teams. */
  readonly events = `${this.prefix}tidegate.events`;
  readonly replies = `${this.prefix}tidegate.replies`;

  /** The exchange of the events that a service must handle. */
  eventsOf(subscriber: Service): string {
    return `${this.prefix}tidegate.events.${subscriber}`;
  }

  commandsOf(receiver: Service): string {
    return `${this.prefix}tidegate.commands.${receiver}`;
  }

  deadLettersOf(subscriber: Service): string {
    return `${this.prefix}tidegate.dead-letters.${subscriber}`;
  }

  /** `identity.commands`, `access-flow.events.urgent` … */
  queue(service: Service, kind: 'commands' | 'events', lane: Lane): string {
    return `${this.prefix}${service}.${kind}${lane === 'urgent' ? '.urgent' : ''}`;
  }

  /** The queue of events that a service could not handle. */
  deadLetterQueue(service: Service): string {
    return `${this.prefix}${service}.dead-letters`;
  }

  /** The queue of one process. @param id random, because the name allows sending replies to it */
  replyQueue(service: Service, id: string): string {
    return `${this.prefix}${service}.replies.${id}`;
  }
}

/** `urgent.users.delete`. */
export const commandRoutingKey = (name: string, urgent: boolean): string => `${urgent ? 'urgent' : 'normal'}.${name}`;
