import { HttpException } from '@nestjs/common';
import { Refusal, type RefusalCode } from '@tidegate/contracts';
import { isTransient } from '@tidegate/messaging';

/** Seconds after which a call that could not be answered may come again. An integer, or Okta would wait 5 minutes. */
export const RETRY_AFTER_SECONDS = 30;

/** What Fastify and Nest refuse by themselves, in our words: the status, the code and what the caller is told. */
const BY_STATUS: Readonly<Record<number, readonly [RefusalCode, string]>> = {
  400: ['invalidSyntax', 'The request is malformed.'],
  401: ['unauthorized', 'The credential in the Authorization header is missing or not valid here.'],
  403: ['notAllowed', 'This is not allowed.'],
  404: ['notFound', 'There is nothing at this address.'],
  405: ['methodNotAllowed', 'This method is not allowed at this address.'],
  408: ['invalidSyntax', 'The request did not arrive in time.'],
  413: ['tooLarge', 'The body is too large.'],
  414: ['notFound', 'There is nothing at this address.'],
  415: ['unsupportedType', 'Send the body as application/scim+json or application/json.'],
};

/**
 * @param error whatever was thrown while a request was served
 * @returns the refusal that the caller is told, or undefined for a fault of ours, which only the log may tell
 */
export function refusalOf(error: unknown): Refusal | undefined {
  const refusal = Refusal.from(error);
  if (refusal) return refusal;
  if (isTransient(error)) return new Refusal('unavailable', 'The database cannot be reached.');
  const row = BY_STATUS[statusOf(error) ?? 0];
  return row && new Refusal(...row);
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = error instanceof Error ? (error as { statusCode?: unknown }).statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}
