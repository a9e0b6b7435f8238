import { HttpException } from '@nestjs/common';
import { Refusal, type RefusalCode } from '@tidegate/contracts';
import { isTransient } from '@tidegate/messaging';
import { INVALID_CREDENTIAL } from './bearer.rule.js';

/** Value of Retry-After. Must be an integer: otherwise Okta waits 5 minutes. */
export const RETRY_AFTER_SECONDS = 30;

/** Codes and messages for errors of Fastify and Nest, by status. */
const BY_STATUS: Readonly<Record<number, readonly [RefusalCode, string]>> = {
  400: ['invalidSyntax', 'The request is malformed.'],
  401: ['unauthorized', INVALID_CREDENTIAL],
  403: ['notAllowed', 'This is not allowed.'],
  404: ['notFound', 'Not found.'],
  405: ['methodNotAllowed', 'This endpoint does not allow this method.'],
  408: ['invalidSyntax', 'The request did not arrive in time.'],
  413: ['tooLarge', 'The body is too large.'],
  414: ['notFound', 'Not found.'],
  415: ['unsupportedType', 'Send the body as application/scim+json or application/json.'],
};

/**
 * @param error anything thrown while handling a request
 * @returns the refusal to send, or undefined for unexpected errors, whose details must only be logged
 */
export function refusalOf(error: unknown): Refusal | undefined {
  const refusal = Refusal.from(error);
  if (refusal) return refusal;
  if (isTransient(error)) return new Refusal('unavailable', 'The database is unavailable. Retry the request later.');
  const row = BY_STATUS[statusOf(error) ?? 0];
  return row && new Refusal(...row);
}

/** @returns the refusal to send; for unexpected errors `internal`, without details */
export function refusalToSend(error: unknown): Refusal {
  return refusalOf(error) ?? new Refusal('internal', 'Internal error. Try again later.');
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = error instanceof Error ? (error as { statusCode?: unknown }).statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
