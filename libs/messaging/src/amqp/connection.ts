import { type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib';
import { type Writable } from 'node:stream';
import { tlsOptions } from './tls.js';

export interface ConnectionOptions {
  url: string;
  /** The name in RabbitMQ's list of connections. */
  name: string;
  /** Called for each new connection before it is used. Opens channels, declares queues, starts consumers. */
  setup: (model: ChannelModel) => Promise<void>;
  onLost: (error: Error) => void;
}

const HEARTBEAT_SECONDS = 5;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens a connection that is restored automatically. Only the first attempt is not repeated, so a wrong URL is reported.
 * @throws Error if the broker is unavailable or refuses the credentials
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
 * Joins the writes of one turn of the event loop to one packet. amqplib writes each message in two or three parts, which
 * are sent separately otherwise.
 */
function joinWrites(model: ChannelModel): void {
  const { stream } = model.connection as unknown as { stream?: Writable };
  if (!stream) return; // internal in amqplib; without it messages are only slower
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    return write(...args);
  };
}
