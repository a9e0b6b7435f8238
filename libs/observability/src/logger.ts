import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { maskUrls, redact } from './redact.js';
import { currentRequestId, currentTrace } from './request-context.js';
import { traceIdOf } from './trace-context.js';

export type { Logger } from 'pino';

/** The values of the setting `LOG_LEVEL`, from least to most verbose. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * @returns the level in `LOG_LEVEL`, for logging before the settings are read
 * @param fallback when it is absent or invalid; reading the settings reports an invalid level
 */
export function logLevelOf(env: NodeJS.ProcessEnv, fallback: LogLevel): LogLevel {
  return LOG_LEVELS.find((level) => level === env['LOG_LEVEL']) ?? fallback;
}

export interface CreateLoggerOptions {
  /** The name of the service: `gateway`, `identity`, … */
  service: string;
  /** Default `info`. */
  level?: LogLevel;
  /** Default standard output. */
  destination?: DestinationStream;
}

/**
 * Creates a logger that writes one JSON object per line: `{level, time, service, requestId, traceId, msg, …fields}`, with `level` as
 * a word, `time` in ISO 8601 UTC and the ids from the context. Fields are redacted and passwords in URLs are masked,
 * but `msg` is not redacted: it can contain ids, never names.
 */
export function createLogger({ service, level = 'info', destination }: CreateLoggerOptions): Logger {
  const logger = pino(
    {
      level,
      base: { service },
      timestamp: stdTimeFunctions.isoTime,
      mixin: () => {
        const [requestId, trace] = [currentRequestId(), currentTrace()];
        return { ...(requestId !== undefined && { requestId }), ...(trace && { traceId: traceIdOf(trace) }) };
      },
      formatters: { level: (label) => ({ level: label }), log: redact },
      // redact() already reduced errors; pino's own serializer would add all properties again.
      serializers: { err: (error: unknown) => error },
      hooks: { streamWrite: maskUrls },
    },
    destination ?? pino.destination(1),
  );

  // pino does not apply formatters to the fields of a child logger.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called below with its logger
  const createChild: Logger['child'] = logger.child;
  logger.child = function (this: Logger, fields, options) {
    return createChild.call(this, redact(fields), options);
  } as Logger['child'];
  return logger;
}
