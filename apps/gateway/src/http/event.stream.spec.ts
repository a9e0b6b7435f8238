import { PassThrough, type Readable } from 'node:stream';
import { type FastifyReply } from 'fastify';
import { EventStream } from './event.stream.js';

describe('EventStream', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
  afterEach(() => void jest.useRealTimers());

  /** Opens a stream to a connection with a buffer of `bufferBytes`. */
  function open(bufferBytes: number) {
    const connection = new PassThrough({ highWaterMark: bufferBytes });
    const ended = jest.fn();
    const reply = {
      headers: () => reply,
      type: () => reply,
      send: (body: Readable) => body.pipe(connection),
    };
    const stream = new EventStream();
    stream.open(reply as unknown as FastifyReply, () => Promise.resolve(), ended);
    return { stream, connection, ended };
  }
  const event = { id: '1', event: 'integration.updated', data: { name: 'x'.repeat(100) } };

  it('ends when the client reads nothing', async () => {
    const { stream, ended } = open(16);
    for (let i = 0; i < 3; i++) stream.send(event);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('stays open while the client reads, even slowly', async () => {
    const quick = open(16);
    quick.connection.resume();
    const slow = open(16);
    for (const { stream } of [quick, slow]) for (let i = 0; i < 50; i++) stream.send(event);
    for (let seconds = 0; seconds < 60; seconds += 10) {
      slow.connection.read();
      await jest.advanceTimersByTimeAsync(10_000);
    }
    expect([quick.ended.mock.calls, slow.ended.mock.calls]).toEqual([[], []]);
  });
});
