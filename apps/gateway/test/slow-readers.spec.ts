import { type AddressInfo, connect, type Socket } from 'node:net';
import { eventually } from '@tidegate/testing';
import { fastify, type FastifyInstance } from 'fastify';
import { closeWhenSlow } from '../src/http/slow-readers.js';

/** More than the operating system buffers for a connection. */
const BIG = 24 * 1024 * 1024;
const MIB = 1024 * 1024;

describe('a connection that reads its response slowly', () => {
  let server: FastifyInstance;
  let socket: Socket;
  let steps: ReturnType<typeof setInterval>;
  afterEach(async () => {
    clearInterval(steps);
    socket.destroy();
    await server.close();
  });

  /** Requests a large response and reads at most 64 KiB of it 20 times a second. @param bytes minimum per second */
  async function readSlowly(bytes: number): Promise<void> {
    server = fastify();
    server.addHook('onSend', (request, reply, payload, done) => {
      closeWhenSlow(request, reply, { bytes, seconds: 1 });
      done(null, payload);
    });
    server.get('/', () => 'x'.repeat(BIG));
    await server.listen({ port: 0, host: '127.0.0.1' });
    socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    );
    socket.on('error', () => undefined);
    socket.on('data', () => socket.pause());
    steps = setInterval(() => socket.resume(), 50);
  }
  const connections = () =>
    new Promise<number>((resolve) => server.server.getConnections((_: unknown, count: number) => resolve(count)));

  it('is closed below the minimum rate', async () => {
    await readSlowly(8 * MIB);
    await eventually(async () => expect(await connections()).toBe(1));
    await eventually(async () => expect(await connections()).toBe(0));
    expect(socket.bytesRead).toBeLessThan(BIG);
  });
});
