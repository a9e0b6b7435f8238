import { types } from 'node:util';

export const HIDDEN = '[hidden]';
const CUT = '[cut]';

/** What lies deeper than this is not logged at all, so nothing can hide below the reach of the redaction. */
const DEPTH = 5;

/** Field names whose values are secrets, personal data or database rows, whatever their case, dashes or underscores. */
const PRIVATE = new RegExp(
  [
    '(authorization|cookie|token|password|secret|apikey)$',
    '(username|emails?|displayname|givenname|familyname|phonenumbers?)$',
    '^(value|parameters|detail|query)$',
  ].join('|'),
);

/** True for `Authorization`, `refresh_token`, `userName`, …: names whose value must not be logged. */
export function isPrivate(name: string): boolean {
  return PRIVATE.test(name.toLowerCase().replace(/[-_]/g, ''));
}

/**
 * Hides the password of every URL inside a text: `amqp://app:x@mq` becomes `amqp://app:***@mq`.
 * Safe on a line of JSON: it never crosses a quote.
 */
export function maskUrls(text: string): string {
  return text.replace(/(:\/\/[^\s:@/"]*):[^\s/"]*@/g, '$1:***@');
}

/** True for errors of every realm; `instanceof` misses those made in another one (workers, test sandboxes). */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/**
 * A copy of `fields` fit for a log: private fields read `[hidden]`, errors keep type, message, stack, code and their
 * causes alone (pg and TypeORM put row values into `detail`, `parameters` and `query`), what is too deep is cut.
 */
export function redact(fields: object): Record<string, unknown> {
  return isError(fields) ? errorFields(fields, 0) : objectFields(fields, 0);
}

function objectFields(object: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(object) as [string, unknown][];
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isPrivate(name) && value !== undefined ? HIDDEN : clean(value, depth + 1)]),
  );
}

function errorFields(error: Error, depth: number): Record<string, unknown> {
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  return {
    type: error.constructor?.name ?? error.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(isError(cause) ? { cause: clean(cause, depth + 1) } : {}),
    ...(Array.isArray(errors) ? { errors: clean(errors.filter(isError), depth + 1) } : {}),
  };
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= DEPTH) return CUT;
  if (isError(value)) return errorFields(value, depth);
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  return objectFields(value, depth);
}
