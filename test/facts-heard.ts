import { type FactName } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { connect, type Channel } from 'amqplib';

const QUEUE = 'another-team';

/** A hearer such as another team has: a queue of its own on the exchange of facts, which outlives the broker. */
export class FactsHeard {
  /** For each fact name the ids of the facts heard about each subject: a repeated delivery is the same fact. */
  private readonly heard = new Map<string, Map<string, Set<string>>>();

  private constructor(private readonly url: string) {}

  static async listen(url: string, names: readonly FactName[]): Promise<FactsHeard> {
    const hearer = new FactsHeard(url);
    await hearer.withChannel(async (channel) => {
      await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      for (const name of names) await channel.bindQueue(QUEUE, 'tidegate.facts', `${name}.*`);
    });
    return hearer;
  }

  /** Waits until a fact told of each subject, and expects one and no other. @returns the ids of the facts */
  async exactlyOne(name: FactName, subjects: readonly string[]): Promise<string[]> {
    await eventually(async () => {
      await this.collect();
      const bySubject = this.heard.get(name);
      expect(subjects.filter((subject) => !bySubject?.has(subject))).toEqual([]);
    });
    const facts = subjects.map((subject) => [...(this.heard.get(name)?.get(subject) ?? [])]);
    expect(facts.filter(({ length }) => length !== 1)).toEqual([]);
    return facts.flat();
  }

  /** How many facts were set aside by their hearers. */
  setAside(): Promise<number> {
    return this.withChannel(async (channel) => {
      const quarantines = ['access-flow.quarantine', 'gateway.quarantine', 'identity.quarantine'];
      const counts = await Promise.all(quarantines.map((queue) => channel.checkQueue(queue)));
      return counts.reduce((sum, { messageCount }) => sum + messageCount, 0);
    });
  }

  private collect(): Promise<void> {
    return this.withChannel(async (channel) => {
      for (;;) {
        const message = await channel.get(QUEUE, { noAck: true });
        if (!message) return;
        const fact = JSON.parse(message.content.toString()) as { id: string; type: string; subject: string };
        const bySubject = this.heard.get(fact.type) ?? new Map<string, Set<string>>();
        this.heard.set(fact.type, bySubject);
        bySubject.set(fact.subject, (bySubject.get(fact.subject) ?? new Set()).add(fact.id));
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
