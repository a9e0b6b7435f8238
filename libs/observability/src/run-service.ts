import { createLogger, type Logger } from './logger.js';
import { explainStartError } from './start-errors.js';

/** A started service, ready to be stopped once: it finishes the work in hand, then closes its connections. */
export interface RunningService {
  stop(): Promise<void>;
}

/** The part of `process` that a service lives by; tests give their own. */
export interface Host {
  on(event: string, listener: (cause: unknown) => void): unknown;
  exit(code: number): void;
  readonly stderr: { write(text: string): unknown };
}

export interface RunServiceOptions {
  logger?: Logger;
  host?: Host;
}

/** Kubernetes kills 30 s after SIGTERM by default: what has not ended by then would die without a word. */
const STOP_LIMIT_MS = 25_000;

/**
 * Runs a service for the life of the process; the one call of every main. Logs that it is ready; on SIGTERM or SIGINT stops
 * it once (also while it still starts) and exits 0, or 1 when stopping fails or takes over 25 s; a second signal exits at once.
 * A start that fails for a reason an operator can mend writes one sentence to standard error; anything unexpected, at
 * start or later, is logged with its stack; both exit 1. `start` releases what it holds when it fails.
 */
export async function runService(
  name: string,
  start: () => Promise<RunningService>,
  { logger = createLogger({ service: name }), host = process }: RunServiceOptions = {},
): Promise<void> {
  const startedAt = performance.now();
  let stopping = false;

  const crash = (message: string) => (cause: unknown) => {
    logger.fatal({ err: cause }, message);
    host.exit(1);
  };
  host.on('uncaughtException', crash('An error nobody caught'));
  host.on('unhandledRejection', crash('A rejection nobody handled'));

  const starting = Promise.resolve().then(start);

  const stop = async (signal: unknown) => {
    if (stopping) return host.exit(1);
    stopping = true;
    logger.info({ signal }, `${name} is stopping`);
    const limit = setTimeout(() => crash('Stopping took too long')(undefined), STOP_LIMIT_MS);
    try {
      await (await starting.catch(() => undefined))?.stop();
      logger.info(`${name} has stopped`);
      host.exit(0);
    } catch (error) {
      crash('Stopping failed')(error);
    } finally {
      clearTimeout(limit);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT']) host.on(signal, () => void stop(signal));

  try {
    await starting;
    if (!stopping) logger.info({ startMs: Math.round(performance.now() - startedAt) }, `${name} is ready`);
  } catch (error) {
    const sentence = explainStartError(error);
    if (sentence === undefined) logger.fatal({ err: error }, `${name} could not start`);
    else host.stderr.write(`${name}: ${sentence}\n`);
    host.exit(1);
  }
}
