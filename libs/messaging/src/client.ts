import { type Command, type CommandData, type CommandName, type CommandReply, type Event } from '@tidegate/contracts';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import { askUntilDeadline, commandOf } from './asking.js';
import { type Asking, type CommandClient, type EventPublisher } from './transport.js';

/** Nest's client over either transport: `ask` is the typed call, `send` and `emit` take ready envelopes. */
export class MessageClient extends ClientProxy implements CommandClient {
  /** @param attempt sends a command once and waits for its reply */
  constructor(
    private readonly attempt: (command: Command) => Promise<unknown>,
    private readonly publisher: EventPublisher,
  ) {
    super();
  }

  ask<N extends CommandName>(name: N, asking: Asking, data: CommandData<N>): Promise<CommandReply<N>> {
    return askUntilDeadline(commandOf(name, asking, data), this.attempt) as Promise<CommandReply<N>>;
  }

  async connect(): Promise<void> {}

  close(): void {}

  override on(): void {
    throw new Error('This transport tells its events through logs and health checks.');
  }

  unwrap<T>(): T {
    return this.publisher as T;
  }

  protected publish(packet: ReadPacket<Command>, callback: (packet: WritePacket) => void): () => void {
    askUntilDeadline(packet.data, this.attempt).then(
      (response) => callback({ response, isDisposed: true }),
      (err: unknown) => callback({ err, isDisposed: true }),
    );
    return () => undefined;
  }

  /** Delivers an event to every destination; rejects with the reason unless all have it. */
  protected async dispatchEvent<T = unknown>(packet: ReadPacket<Event>): Promise<T> {
    for (const destination of this.publisher.destinations(packet.data)) {
      const delivery = await this.publisher.deliver(packet.data, destination);
      if (delivery.outcome !== 'done') throw new Error(delivery.reason);
    }
    return undefined as T;
  }
}
