import { type Lane, type Service } from '@tidegate/contracts';

export interface Exchange {
  name: string;
  type: 'topic' | 'direct';
}

/** Names of exchanges and queues; the prefix keeps two systems on one broker apart. */
export class Names {
  constructor(readonly prefix = '') {}

  /** All events, for other teams. */
  readonly events = `${this.prefix}tidegate.events`;
  readonly replies = `${this.prefix}tidegate.replies`;

  /** The events that one service must handle. */
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

  /** Where the events go that a service could not take. */
  deadLetterQueue(service: Service): string {
    return `${this.prefix}${service}.dead-letters`;
  }

  /** Of one process. @param id cannot be guessed: who knows the name can send replies to it */
  replyQueue(service: Service, id: string): string {
    return `${this.prefix}${service}.replies.${id}`;
  }
}

/** `urgent.users.delete`. */
export const commandRoutingKey = (name: string, urgent: boolean): string => `${urgent ? 'urgent' : 'normal'}.${name}`;
