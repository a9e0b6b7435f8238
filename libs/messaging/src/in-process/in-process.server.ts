import { EVENTS, fairnessKeyOf, type Lane } from '@tidegate/contracts';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { within } from '@tidegate/observability';
import { FairQueue } from '../fair-queue.js';
import { handleCommand, type EventReceiver, handleEvent } from '../handling.js';
import { type Delivery, type Prefetch } from '../transport.js';
import { decodeCommand, decodeEvent, type Reply } from '../wire.js';
import { Semaphore } from './semaphore.js';

const DRAIN_MS = 15_000;

/** Receives the commands and events of one service as calls in the process, with the same limits as over RabbitMQ. */
export class InProcessServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  private readonly commands: Record<Lane, FairQueue>;
  private readonly events: Record<Lane, Semaphore>;
  private readonly inFlight = new Set<Promise<unknown>>();
  private readonly eventsInProgress = new Set<string>();
  private listening = false;

  constructor(
    prefetch: Prefetch,
    private readonly receiver: EventReceiver,
  ) {
    super();
    this.commands = { normal: new FairQueue(prefetch.commands), urgent: new FairQueue(prefetch.urgentCommands) };
    this.events = { normal: new Semaphore(prefetch.events), urgent: new Semaphore(prefetch.urgentEvents) };
  }

  get isListening(): boolean {
    return this.listening;
  }

  listen(callback: () => void): void {
    this.listening = true;
    callback();
  }

  async close(): Promise<void> {
    this.listening = false;
    await within(DRAIN_MS, () => Promise.allSettled([...this.inFlight])).catch(() => undefined);
  }

  on(): void {
    throw new Error('This transport has no events: use the log and health checks.');
  }

  unwrap<T>(): T {
    return this as unknown as T;
  }

  /** @returns the reply; undefined if the deadline passed while the command waited for its turn */
  command(bytes: Buffer): Promise<Reply | undefined> {
    const command = decodeCommand(bytes);
    const queue = this.commands[command.urgent ? 'urgent' : 'normal'];
    const work = async () => (this.listening ? handleCommand(this, command, this.receiver.onError) : undefined);
    return this.track(queue.run(fairnessKeyOf(command), work));
  }

  /** @returns the outcome; `unavailable` while an earlier delivery of the event is in progress, which uses a place of its lane */
  async event(bytes: Buffer): Promise<Delivery> {
    const event = decodeEvent(bytes);
    if (!event) return handleEvent(this, event, this.receiver);
    if (this.eventsInProgress.has(event.id))
      return { outcome: 'unavailable', reason: 'the subscriber is still handling it' };
    this.eventsInProgress.add(event.id);
    const gate = this.events[EVENTS[event.name].urgent ? 'urgent' : 'normal'];
    try {
      return await this.track(gate.run(() => handleEvent(this, event, this.receiver)));
    } finally {
      this.eventsInProgress.delete(event.id);
    }
  }

  private async track<T>(work: Promise<T>): Promise<T> {
    this.inFlight.add(work);
    try {
      return await work;
    } finally {
      this.inFlight.delete(work);
    }
  }
}
