import { createLogger } from '@tidegate/observability';
import { eventually } from '@tidegate/testing';
import { PeriodicWorker } from './periodic-worker.js';

const NEVER = 2 ** 30;

describe('A periodic worker', () => {
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  beforeEach(() => void lines.splice(0));

  it('runs at once, and again at its interval', async () => {
    let runs = 0;
    const worker = new PeriodicWorker({ name: 'retention', everyMs: 1, logger, run: async () => void runs++ });
    worker.start();
    await eventually(() => expect(runs).toBeGreaterThan(2));
    await worker.stop();
    expect(lines).toEqual([]);
  });

  it('waits before the first run when it has a delay', async () => {
    let runs = 0;
    const run = async () => void runs++;
    const worker = new PeriodicWorker({ name: 'retention', everyMs: 1, delayMs: NEVER, logger, run });
    worker.start();
    await worker.stop();
    expect(runs).toBe(0);
  });

  it('runs again at once when it is woken', async () => {
    let runs = 0;
    const worker = new PeriodicWorker({ name: 'retention', everyMs: NEVER, logger, run: async () => void runs++ });
    worker.start();
    await eventually(() => expect(runs).toBe(1));
    worker.wake();
    await eventually(() => expect(runs).toBe(2));
    await worker.stop();
  });

  it('logs a failure and runs again', async () => {
    let runs = 0;
    const run = async () => {
      if (++runs === 1) throw new Error('unreachable');
    };
    const worker = new PeriodicWorker({ name: 'retention', everyMs: NEVER, logger, run });
    worker.start();
    await eventually(() => expect(runs).toBe(2));
    await worker.stop();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'warn', worker: 'retention', err: { message: 'unreachable' } },
    ]);
  });

  it('aborts the signal of the current run when it stops, and waits for its end', async () => {
    let isEnded = false;
    let isStarted = false;
    const run = (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        isStarted = true;
        signal.addEventListener('abort', () => {
          isEnded = true;
          resolve();
        });
      });
    const worker = new PeriodicWorker({ name: 'retention', everyMs: 1, logger, run });
    worker.start();
    await eventually(() => expect(isStarted).toBe(true));
    await worker.stop();
    expect(isEnded).toBe(true);
  });
});
