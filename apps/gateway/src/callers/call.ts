import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type TraceContext } from '@tidegate/observability';
import { type FastifyRequest } from 'fastify';
import { type Access } from './access.rule.js';
import { type Caller } from './caller.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Milliseconds since 1970: arrival of the request. */
    receivedAt: number;
    /** Length of the parsed body, 0 without one. */
    bodyLength: number;
    /** Releases the semaphore of a long body; see `limitLongBodies`. */
    bodyRead?: () => void;
    /** Scheme and host of the gateway, as the caller addressed it. */
    origin: string;
    /** Trace of the call: that of its `traceparent` header when valid, with the span of the call if it is recorded. */
    trace: TraceContext;
    /** Network of the caller, from `networkOf`. */
    network: string | null;
    /** Details for the log line of the call: ids, never names or secrets. */
    changed: Record<string, unknown>;
    /** Access of the caller to the route of /api/v1; set by the guard. */
    access: Access;
  }
}

/** Initial value of `access`, until the guard sets it. */
export const NO_ACCESS: Access = Object.freeze({ reach: [], own: {} });

/** Context of an HTTP call, besides parameters and body. */
export interface HttpCall {
  requestId: string;
  /** Milliseconds since 1970. */
  receivedAt: number;
  bodyLength: number;
  /** Scheme and host, without trailing slash. */
  origin: string;
  network: string | null;
  /** As on the request. */
  changed: Record<string, unknown>;
  query: Readonly<Record<string, unknown>>;
  caller: Caller | undefined;
  access: Access;
}

export function httpCall(request: FastifyRequest): HttpCall {
  const { id, receivedAt, bodyLength, origin, network, changed, query, caller, access } = request;
  const details = { receivedAt, bodyLength, origin, network, changed, caller, access };
  return { requestId: id, query: query as Record<string, unknown>, ...details };
}

/** Parameter decorator: the `HttpCall` of a request. */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext) =>
  httpCall(context.switchToHttp().getRequest<FastifyRequest>()),
);
