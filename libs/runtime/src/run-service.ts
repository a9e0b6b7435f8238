import { createLogger, type Logger, logLevelOf, NestLogger } from '@tidegate/observability';
import { Logger as NestjsLogger } from '@nestjs/common';
import { Releases } from './releases.js';
import { explainStartError } from './start-errors.js';
import { startTracing } from './tracing/start-tracing.js';

/** The used part of `process`; replaced in tests. */
export interface Host {
  on(event: string, listener: (cause: unknown) => void): unknown;
  exit(code: number): void;
  readonly stderr: { write(text: string): unknown };
  /** Present when a parent process listens; it receives `ready`. */
  send?(message: string): unknown;
}

export interface RunServiceOptions {
  logger?: Logger;
  host?: Host;
}

/** Below Kubernetes' default of 30 s between SIGTERM and SIGKILL, so that a slow shutdown is logged. */
const STOP_LIMIT_MS = 25_000;

/**
 * Runs a service until the process ends; the only call of every main. Records traces if they are configured. Logs when the service is ready and sends `ready` to
 * a parent process. On SIGTERM, SIGINT or a disconnect of the parent it runs the releases (also during the start) and exits
 * 0, or 1 when they fail or take over 25 s; a second signal exits immediately. When the start fails and an operator can fix
 * the cause, one sentence goes to standard error; unexpected errors, at start or later, are logged with their stack. Both
 * exit 1.
 * @param start starts the service and adds a release for each resource as soon as it is open
 */
export async function runService(
  name: string,
  start: (releases: Releases) => Promise<void>,
  {
    logger = createLogger({ service: name, level: logLevelOf(process.env, 'info') }),
    host = process,
  }: RunServiceOptions = {},
): Promise<void> {
  NestjsLogger.overrideLogger(new NestLogger(logger)); // also for logs before the Nest application exists
  const startedAt = performance.now();
  let stopping = false;

  const crash = (message: string) => (cause: unknown) => {
    logger.fatal({ err: cause }, message);
    host.exit(1);
  };
  host.on('uncaughtException', crash('Uncaught exception'));
  host.on('unhandledRejection', crash('Unhandled promise rejection'));

  const releases = new Releases();
  const starting = startTracing(name, process.env, releases, logger).then(() => start(releases));

  const stop = async (signal: unknown) => {
    if (stopping) return host.exit(1);
    stopping = true;
    logger.info({ signal }, `${name} is stopping`);
    const limit = setTimeout(() => crash('Shutdown timed out')(undefined), STOP_LIMIT_MS);
    try {
      await starting.catch(() => undefined);
      await releases.release();
      logger.info(`${name} has stopped`);
      host.exit(0);
    } catch (error) {
      crash('Shutdown failed')(error);
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
    await releases
      .release()
      .catch((fault: unknown) => logger.warn({ err: fault }, 'Some resources could not be closed'));
    if (stopping) return; // a signal during the start is not a failure
    const sentence = explainStartError(error);
    if (sentence === undefined) logger.fatal({ err: error }, `${name} could not start`);
    else host.stderr.write(`${name}: ${sentence}\n`);
    host.exit(1);
  }
}
