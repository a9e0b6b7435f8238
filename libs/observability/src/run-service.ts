import { createLogger, type Logger, logLevelOf } from './logger.js';
import { Logger as NestjsLogger } from '@nestjs/common';
import { NestLogger } from './nest-logger.js';
import { Releases } from './releases.js';
import { explainStartError } from './start-errors.js';

/** The part of `process` that a service lives by; tests give their own. */
export interface Host {
  on(event: string, listener: (cause: unknown) => void): unknown;
  exit(code: number): void;
  readonly stderr: { write(text: string): unknown };
  /** There when a parent process listens: it is told that the service is ready. */
  send?(message: string): unknown;
}

export interface RunServiceOptions {
  logger?: Logger;
  host?: Host;
}

/** Kubernetes kills 30 s after SIGTERM by default: what has not ended by then would die without a word. */
const STOP_LIMIT_MS = 25_000;

/**
 * Runs a service for the life of the process; the one call of every main. Logs that it is ready, and tells a parent
 * process so; on SIGTERM, SIGINT or the loss of that parent it releases what `start` opened, once (also while it still
 * starts), and exits 0, or 1 when that fails or takes over 25 s; a second signal exits at once. A start that fails for a
 * reason an operator can mend writes one sentence to standard error; anything unexpected, at start or later, is logged
 * with its stack; both exit 1.
 * @param start opens the service and adds to `releases` whatever it opened, as soon as it is open
 */
export async function runService(
  name: string,
  start: (releases: Releases) => Promise<void>,
  {
    logger = createLogger({ service: name, level: logLevelOf(process.env, 'info') }),
    host = process,
  }: RunServiceOptions = {},
): Promise<void> {
  NestjsLogger.overrideLogger(new NestLogger(logger)); // also what is logged before there is a Nest application
  const startedAt = performance.now();
  let stopping = false;

  const crash = (message: string) => (cause: unknown) => {
    logger.fatal({ err: cause }, message);
    host.exit(1);
  };
  host.on('uncaughtException', crash('An error nobody caught'));
  host.on('unhandledRejection', crash('A rejection nobody handled'));

  const releases = new Releases();
  const starting = Promise.resolve(releases).then(start);

  const stop = async (signal: unknown) => {
    if (stopping) return host.exit(1);
    stopping = true;
    logger.info({ signal }, `${name} is stopping`);
    const limit = setTimeout(() => crash('Stopping took too long')(undefined), STOP_LIMIT_MS);
    try {
      await starting.catch(() => undefined);
      await releases.release();
      logger.info(`${name} has stopped`);
      host.exit(0);
    } catch (error) {
      crash('Stopping failed')(error);
    } finally {
      clearTimeout(limit);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect']) host.on(signal, () => void stop(signal));

  try {
    await starting;
    if (stopping) return;
    logger.info({ startMs: Math.round(performance.now() - startedAt) }, `${name} is ready`);
    host.send?.('ready');
  } catch (error) {
    await releases.release().catch((fault: unknown) => logger.warn({ err: fault }, 'Not everything could be closed'));
    if (stopping) return; // told to stop while it started: that is no failure
    const sentence = explainStartError(error);
    if (sentence === undefined) logger.fatal({ err: error }, `${name} could not start`);
    else host.stderr.write(`${name}: ${sentence}\n`);
    host.exit(1);
  }
}
