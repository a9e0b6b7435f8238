import { type LoggerService } from '@nestjs/common';
import { type Logger } from './logger.js';
import { isError } from './redact.js';

/** Contexts of Nest's bootstrap logs. */
const BOOTSTRAP = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

const LEVELS = { log: 'info', error: 'error', warn: 'warn', debug: 'debug', verbose: 'trace', fatal: 'fatal' } as const;

/**
 * Adapts a logger for Nest: `NestFactory.create(App, adapter, { logger: new NestLogger(logger), abortOnError: false })`.
 * Nest calls it with `(message, …fields or errors or a stack, context)`: objects become fields of the line, an error becomes
 * `err`, the last string `context`.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('log', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('verbose', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(method: keyof typeof LEVELS, message: unknown, rest: unknown[]): void {
    const fields: Record<string, unknown> = {};
    const last = rest.at(-1);
    if (typeof last === 'string' && !isStack(last)) fields.context = last;

    for (const part of [message, ...rest]) {
      if (isError(part)) fields.err = part;
      else if (typeof part === 'object' && part !== null) Object.assign(fields, part);
      else if (typeof part === 'string' && part !== message && isStack(part)) fields.stack = part;
    }

    const isVerbose = (method === 'log' && BOOTSTRAP.has(String(last))) || isStartFailure(last, message);
    const level = isVerbose ? 'debug' : LEVELS[method];
    if (isError(message)) this.logger[level](fields, message.message);
    else if (typeof message === 'object' || message === undefined) this.logger[level](fields);
    else this.logger[level](fields, String(message as string | number));
  }
}

/** Nest also logs start errors that it throws; `runService` reports them. */
function isStartFailure(context: unknown, message: unknown): boolean {
  if (context === 'ExceptionHandler') return true;
  return context === 'NestApplication' && typeof message === 'string' && message.startsWith('Error: listen ');
}

function isStack(text: string): boolean {
  return /\n\s+at /.test(text);
}
