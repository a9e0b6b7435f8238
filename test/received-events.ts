import { type EventName } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { connect, type Channel } from 'amqplib';

const QUEUE = 'another-team';

/** A subscriber outside the system: a separate queue on the exchange of events that survives a restart of the broker. */
export class ReceivedEvents {
  /** The ids of received events by event name and subject. Repeated deliveries count once. */
  private readonly received = new Map<string, Map<string, Set<string>>>();

  private constructor(private readonly url: string) {}

  static async listen(url: string, names: readonly EventName[]): Promise<ReceivedEvents> {
    const subscriber = new ReceivedEvents(url);
    await subscriber.withChannel(async (channel) => {
      await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      for (const name of names) await channel.bindQueue(QUEUE, 'tidegate.events', `${name}.*`);
    });
    return subscriber;
  }

  /** Waits for an event about each subject, and expects exactly one. @returns the ids of the events */
  async exactlyOne(name: EventName, subjects: readonly string[]): Promise<string[]> {
    await eventually(async () => {
      await this.collect();
      const bySubject = this.received.get(name);
      expect(subjects.filter((subject) => !bySubject?.has(subject))).toEqual([]);
    });
    const events = subjects.map((subject) => [...(this.received.get(name)?.get(subject) ?? [])]);
    expect(events.filter(({ length }) => length !== 1)).toEqual([]);
    return events.flat();
  }

  /** The number of dead letters of all subscribers. */
  setAside(): Promise<number> {
    return this.withChannel(async (channel) => {
      const deadLetters = ['access-flow.dead-letters', 'gateway.dead-letters', 'identity.dead-letters'];
      const counts = await Promise.all(deadLetters.map((queue) => channel.checkQueue(queue)));
      return counts.reduce((sum, { messageCount }) => sum + messageCount, 0);
    });
  }

  private collect(): Promise<void> {
    return this.withChannel(async (channel) => {
      for (;;) {
        const message = await channel.get(QUEUE, { noAck: true });
        if (!message) return;
        const event = JSON.parse(message.content.toString()) as { id: string; type: string; subject: string };
        const bySubject = this.received.get(event.type) ?? new Map<string, Set<string>>();
        this.received.set(event.type, bySubject);
        bySubject.set(event.subject, (bySubject.get(event.subject) ?? new Set()).add(event.id));
      }
    });
  }

  private async withChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const connection = await connect(this.url);
    connection.on('error', () => undefined);
    try {
      return await work(await connection.createChannel());
    } finally {
      await connection.close();
    }
  }
}
