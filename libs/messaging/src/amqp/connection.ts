import { type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib';
import { type Writable } from 'node:stream';
import { tlsOptions } from './tls.js';

export interface ConnectionOptions {
  url: string;
  /** Shown in RabbitMQ's list of connections. */
  name: string;
  /** Runs on every new connection, before it is used: channels, topology, consumers. */
  setup: (model: ChannelModel) => Promise<void>;
  onLost: (error: Error) => void;
}

const HEARTBEAT_SECONDS = 5;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens a connection that comes back by itself. The first attempt must succeed, for a wrong URL is a fault to tell and
 * not one to wait out.
 * @throws when the broker cannot be reached or refuses the credentials
 */
export async function openConnection({ url, name, setup, onLost }: ConnectionOptions): Promise<RecoveringChannelModel> {
  const address = new URL(url);
  address.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  const model = await connect(address.toString(), {
    ...tlsOptions(url),
    noDelay: true, // with Nagle's algorithm a reply waits for the acknowledgement of the packet before it: 40 ms
    timeout: CONNECT_TIMEOUT_MS,
    clientProperties: { connection_name: name },
    recovery: {
      initialDelay: 100,
      maxDelay: 2_000,
      initialMaxRetries: 0,
      setup: (model: ChannelModel) => {
        joinWrites(model);
        return setup(model);
      },
    },
  });
  model.on('error', onLost);
  model.on('disconnect', onLost);
  return model;
}

/**
 * amqplib writes a message in two or three pieces and each goes out by itself. What is written in one turn of the event
 * loop is sent as one, so that the broker is woken once.
 */
function joinWrites(model: ChannelModel): void {
  const { stream } = model.connection as unknown as { stream?: Writable };
  if (!stream) return; // an inner part of amqplib: without it everything works, only slower
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    return write(...args);
  };
}
