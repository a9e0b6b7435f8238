import { EVENTS, fairnessKeyOf, type Lane } from '@tidegate/contracts';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { within } from '@tidegate/observability';
import { FairQueue } from '../fair-queue.js';
import { answer, type EventReceiver, handleEvent } from '../handling.js';
import { type Delivery, type Prefetch } from '../transport.js';
import { decodeCommand, decodeEvent, type Reply } from '../wire.js';
import { Semaphore } from './semaphore.js';

const DRAIN_MS = 15_000;

/** Receives the commands and events of one service as calls within the process, under the limits a broker would set. */
export class InProcessServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  private readonly commands: Record<Lane, FairQueue>;
  private readonly events: Record<Lane, Semaphore>;
  private readonly inFlight = new Set<Promise<unknown>>();
  private readonly inHand = new Set<string>();
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
    throw new Error('This transport tells its events through logs and health checks.');
  }

  unwrap<T>(): T {
    return this as unknown as T;
  }

  /** @returns the reply, or undefined when the command's time ran out while it waited its turn */
  command(bytes: Buffer): Promise<Reply | undefined> {
    const command = decodeCommand(bytes);
    const queue = this.commands[command.urgent ? 'urgent' : 'normal'];
    const work = async () => (this.listening ? answer(this, command, this.receiver.onError) : undefined);
    return this.held(queue.run(fairnessKeyOf(command), work));
  }

  /** An event that is still being handled is not handled a second time beside it, where it would take a place of its lane. */
  async event(bytes: Buffer): Promise<Delivery> {
    const event = decodeEvent(bytes);
    if (!event) return handleEvent(this, event, this.receiver);
    if (this.inHand.has(event.id)) return { outcome: 'away', reason: 'it is still being handled' };
    this.inHand.add(event.id);
    const gate = this.events[EVENTS[event.name].urgent ? 'urgent' : 'normal'];
    try {
      return await this.held(gate.run(() => handleEvent(this, event, this.receiver)));
    } finally {
      this.inHand.delete(event.id);
    }
  }

  private async held<T>(work: Promise<T>): Promise<T> {
    this.inFlight.add(work);
    try {
      return await work;
    } finally {
      this.inFlight.delete(work);
    }
  }
}
