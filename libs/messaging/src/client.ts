import {
  type Command,
  type CommandData,
  type CommandName,
  type CommandReply,
  type Event,
  receiverOf,
  sentCommands,
  type Service,
} from '@tidegate/contracts';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import { askUntilDeadline, commandOf } from './asking.js';
import { type Asking, type CommandClient, type EventPublisher } from './transport.js';

/** Nest's client for both transports: `ask` is the typed call; `send` and `emit` take complete envelopes. */
export class MessageClient extends ClientProxy implements CommandClient {
  /**
   * @param service the sender
   * @param attempt sends a command once and waits for its reply
   */
  constructor(
    private readonly service: Service,
    private readonly attempt: (command: Command) => Promise<unknown>,
    private readonly publisher: EventPublisher,
  ) {
    super();
  }

  ask<N extends CommandName>(name: N, asking: Asking, data: CommandData<N>): Promise<CommandReply<N>> {
    return this.sendCommand(commandOf(name, asking, data)) as Promise<CommandReply<N>>;
  }

  async connect(): Promise<void> {}

  close(): void {}

  override on(): void {
    throw new Error('This transport has no events: use the log and health checks.');
  }

  unwrap<T>(): T {
    return this.publisher as T;
  }

  protected publish(packet: ReadPacket<Command>, callback: (packet: WritePacket) => void): () => void {
    this.sendCommand(packet.data).then(
      (response) => callback({ response, isDisposed: true }),
      (err: unknown) => callback({ err, isDisposed: true }),
    );
    return () => undefined;
  }

  /** @throws Error if the service is not a sender of the command; Refusal */
  private async sendCommand(command: Command): Promise<unknown> {
    const { name } = command;
    if (!sentCommands(this.service, receiverOf(name)).includes(name))
      throw new Error(
        `${this.service} may not send ${name}: libs/contracts does not declare it as a sender of the command`,
      );
    return askUntilDeadline(command, this.attempt);
  }

  /** Delivers an event to all destinations. @throws Error with the reason if a delivery failed */
  protected async dispatchEvent<T = unknown>(packet: ReadPacket<Event>): Promise<T> {
    for (const destination of this.publisher.destinations(packet.data)) {
      const delivery = await this.publisher.deliver(packet.data, destination);
      if (delivery.outcome !== 'done') throw new Error(delivery.reason);
    }
    return undefined as T;
  }
}
