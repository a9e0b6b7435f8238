import { EventEmitter } from 'node:events';
import { createLogger } from '@tidegate/observability';
import { type Releases } from './releases.js';
import { runService } from './run-service.js';
import { StartError } from './start-errors.js';

afterEach(() => jest.useRealTimers());

function fakeProcess() {
  const lines: string[] = [];
  const written: string[] = [];
  const exits: number[] = [];
  const host = Object.assign(new EventEmitter(), {
    exit: (code: number) => void exits.push(code),
    stderr: { write: (text: string) => written.push(text) },
  });
  const logger = createLogger({ service: 'identity', destination: { write: (line) => void lines.push(line) } });
  const run = (start: () => Promise<{ stop(): Promise<unknown> }>) =>
    runService(
      'identity',
      async (releases: Releases) => {
        const service = await start();
        releases.add(() => service.stop());
      },
      { logger, host },
    );
  return { host, exits, written, messages: () => lines.map((line) => JSON.parse(line).msg), lines, run };
}

/** A promise with its resolve function. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** Waits until pending promise callbacks have run. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('runService', () => {
  it('logs when the service is ready', async () => {
    const { run, messages, exits } = fakeProcess();
    await run(async () => ({ stop: async () => undefined }));
    expect(messages()).toEqual(['identity is ready']);
    expect(exits).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGINT'])('stops gracefully on %s and exits 0 only when stopped', async (signal) => {
    const { host, run, exits, messages } = fakeProcess();
    const { open, opened } = gate();
    const stop = jest.fn(() => opened);
    await run(async () => ({ stop }));

    host.emit(signal, signal);
    await settle();
    expect([stop.mock.calls.length, exits]).toEqual([1, []]);

    open();
    await settle();
    expect(exits).toEqual([0]);
    expect(messages()).toEqual(['identity is ready', 'identity is stopping', 'identity has stopped']);
  });

  it('exits at once on a second signal', async () => {
    jest.useFakeTimers();
    const { host, run, exits } = fakeProcess();
    const stop = jest.fn(() => new Promise<void>(() => undefined));
    await run(async () => ({ stop }));

    host.emit('SIGINT', 'SIGINT');
    host.emit('SIGINT', 'SIGINT');
    await jest.advanceTimersByTimeAsync(0);

    expect([stop.mock.calls.length, exits]).toEqual([1, [1]]);
  });

  it('exits 1 when the shutdown takes longer than 25 s', async () => {
    jest.useFakeTimers();
    const { host, run, exits } = fakeProcess();
    await run(async () => ({ stop: () => new Promise<void>(() => undefined) }));

    host.emit('SIGTERM', 'SIGTERM');
    await jest.advanceTimersByTimeAsync(24_999);
    expect(exits).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(exits).toEqual([1]);
  });

  it('stops a service that receives a signal during its start', async () => {
    const { host, run, exits, messages } = fakeProcess();
    const { open, opened } = gate();
    const stop = jest.fn().mockResolvedValue(undefined);
    const running = run(async () => {
      await opened;
      return { stop };
    });

    host.emit('SIGTERM', 'SIGTERM');
    open();
    await running;
    await settle();

    expect([stop.mock.calls.length, exits]).toEqual([1, [0]]);
    expect(messages()).not.toContain('identity is ready');
  });

  it('exits 1 when the shutdown fails', async () => {
    const { host, run, exits, lines } = fakeProcess();
    await run(async () => ({ stop: () => Promise.reject(new Error('stuck')) }));
    host.emit('SIGTERM', 'SIGTERM');
    await settle();
    expect(exits).toEqual([1]);
    expect(lines.at(-1)).toContain('stuck');
  });

  it.each(['uncaughtException', 'unhandledRejection'])('logs an %s and exits 1', async (event) => {
    const { host, run, exits, lines } = fakeProcess();
    await run(async () => ({ stop: async () => undefined }));
    host.emit(event, new Error('uncaught'));
    expect(exits).toEqual([1]);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'fatal', err: { message: 'uncaught' } });
  });

  it('writes an expected start failure as one sentence, without a stack', async () => {
    const { run, exits, written, lines } = fakeProcess();
    await run(() => Promise.reject(new StartError('The data folder belongs to another version.')));
    expect(written).toEqual(['identity: The data folder belongs to another version.\n']);
    expect([exits, lines]).toEqual([[1], []]);
  });

  it('logs an unexpected start failure with its stack', async () => {
    const { run, exits, written, lines } = fakeProcess();
    await run(() => {
      throw new TypeError('a bug');
    });
    expect([exits, written]).toEqual([[1], []]);
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
      type: 'TypeError',
      stack: expect.stringContaining('a bug'),
    });
  });
});
