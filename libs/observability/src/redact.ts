import { types } from 'node:util';

export const HIDDEN = '[hidden]';
const CUT = '[cut]';

/** Deeper values are not logged, so that redaction covers everything in the log. */
const DEPTH = 5;

/** Names of fields with secrets, personal data or database rows, matched without case, dashes and underscores. */
const PRIVATE = new RegExp(
  [
    '(authorization|cookie|token|password|secret|apikey)$',
    '(username|emails?|displayname|givenname|familyname|phonenumbers?)$',
    '^(value|parameters|detail|query)$',
  ].join('|'),
);

/** Whether the value of a field must not be logged: `Authorization`, `refresh_token`, `userName`, … */
export function isPrivate(name: string): boolean {
  return PRIVATE.test(name.toLowerCase().replace(/[-_]/g, ''));
}

/**
 * Masks the passwords of all URLs in a string: `amqp://app:x@mq` becomes `amqp://app:***@mq`.
 * Safe for a line of JSON, because a match never contains a quote.
 */
export function maskUrls(text: string): string {
  return text.replace(/(:\/\/[^\s:@/"]*):[^\s/"]*@/g, '$1:***@');
}

/** Whether a value is an Error, also from another realm (workers, test sandboxes), where `instanceof` fails. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/**
 * @returns a copy of `fields` for a log: private fields become `[hidden]`, errors keep only type, message, stack, code and
 *   causes (pg and TypeORM put row values into `detail`, `parameters` and `query`), deep values become `[cut]`
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
