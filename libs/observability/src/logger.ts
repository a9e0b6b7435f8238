import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { maskUrls, redact } from './redact.js';
import { currentRequestId, currentTrace } from './request-context.js';
import { traceIdOf } from './trace-context.js';

export type { Logger } from 'pino';

/** From quiet to loud: the values of the setting `LOG_LEVEL`. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * What `LOG_LEVEL` asks for where a service speaks before it has read its settings.
 * @param otherwise when it is absent or none of the levels, which reading the settings tells
 */
export function logLevelOf(env: NodeJS.ProcessEnv, otherwise: LogLevel): LogLevel {
  return LOG_LEVELS.find((level) => level === env['LOG_LEVEL']) ?? otherwise;
}

export interface CreateLoggerOptions {
  /** Which service speaks: `gateway`, `identity`, … */
  service: string;
  /** `info` when absent. */
  level?: LogLevel;
  /** Where the lines go; standard output when absent. */
  destination?: DestinationStream;
}

/**
 * A logger that writes one JSON object a line: `{level, time, service, requestId, traceId, msg, …fields}`, `level` as a word,
 * `time` in ISO 8601 UTC, `requestId` and `traceId` from the context. Fields pass `redact()` and passwords in URLs are masked wherever they
 * stand, but the words of `msg` are the caller's: put ids there, never names.
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
      // redact() has already reduced errors; pino's own serializer would copy every property back in.
      serializers: { err: (error: unknown) => error },
      hooks: { streamWrite: maskUrls },
    },
    destination ?? pino.destination(1),
  );

  // pino runs no formatter over the fields of a child logger, so they are redacted on their way in.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called below with the logger it is called on
  const makeChild: Logger['child'] = logger.child;
  logger.child = function (this: Logger, fields, options) {
    return makeChild.call(this, redact(fields), options);
  } as Logger['child'];
  return logger;
}
