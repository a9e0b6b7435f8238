import { AsyncLocalStorage } from 'node:async_hooks';
import { v7 as uuidv7 } from 'uuid';
import { newTrace, type TraceContext } from './trace-context.js';

const requests = new AsyncLocalStorage<{ requestId?: string; trace?: TraceContext }>();

/** Request ids that callers can choose: short, and safe in logs, headers and URLs. */
const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Runs `work` so that everything it calls, awaits or schedules sees the request id and the trace.
 * @param trace default: the current trace, or a new one if there is none
 * @returns the result of `work`
 */
export function withRequestId<T>(requestId: string, work: () => T, trace = currentTrace() ?? newTrace()): T {
  return requests.run({ requestId, trace }, work);
}

/** Like `withRequestId`, for work without a request. @returns the result of `work` */
export function withTrace<T>(trace: TraceContext, work: () => T): T {
  return requests.run({ trace }, work);
}

/** Continues the current request, if there is one, with another trace. @returns the result of `work` */
export function continueTrace<T>(trace: TraceContext, work: () => T): T {
  return requests.run({ ...requests.getStore(), trace }, work);
}

/** @returns the id of the current request; undefined outside of requests (timers, start, relay) */
export function currentRequestId(): string | undefined {
  return requests.getStore()?.requestId;
}

/** @returns the current trace; undefined outside of the three functions above */
export function currentTrace(): TraceContext | undefined {
  return requests.getStore()?.trace;
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
