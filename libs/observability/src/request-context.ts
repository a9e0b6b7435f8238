import { AsyncLocalStorage } from 'node:async_hooks';
import { v7 as uuidv7 } from 'uuid';

const requests = new AsyncLocalStorage<string>();

/** Request ids that callers can choose: short, and safe in logs, headers and URLs. */
const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/;

/** Runs `work` with `requestId` as the current request id, also in its asynchronous calls. @returns the result of `work` */
export function withRequestId<T>(requestId: string, work: () => T): T {
  return requests.run(requestId, work);
}

/** @returns the id of the current request; undefined outside of requests (timers, start, relay) */
export function currentRequestId(): string | undefined {
  return requests.getStore();
}

/** @returns a new UUIDv7, so that request ids sort by time (RFC 9562 §5.7) */
export function newRequestId(): string {
  return uuidv7();
}

/**
 * @param header the `X-Request-Id` header of the caller, of any type
 * @returns the header when it is a valid request id, else a new id. Never throws.
 */
export function acceptRequestId(header: unknown): string {
  return typeof header === 'string' && ACCEPTABLE.test(header) ? header : newRequestId();
}
