import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type TraceContext } from '@tidegate/observability';
import { type FastifyRequest } from 'fastify';
import { type Access } from '../auth/access.rule.js';
import { type Caller } from '../auth/caller.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Milliseconds since 1970: when the request entered. */
    receivedAt: number;
    /** Length of the parsed body, 0 without one. */
    bodyLength: number;
    /** Ends the turn of a long body; see `limitLongBodies`. */
    bodyRead?: () => void;
    /** Scheme and host that the caller reaches us by. */
    origin: string;
    /** The trace that the call belongs to: that of its `traceparent` header when it is valid. */
    trace: TraceContext;
    /** The network that the call comes from, as `networkOf` gives it. */
    network: string | null;
    /** What the call changed, for its line in the log: ids, never names or secrets. */
    changed: Record<string, unknown>;
    /** What the caller may touch through a route of /api/v1: set by the guard. */
    access: Access;
  }
}

/** Of a call that may touch nothing: what holds until the guard says more. */
export const NO_ACCESS: Access = Object.freeze({ reach: [], own: {} });

/** What a handler needs of the HTTP call besides its parameters and its body. */
export interface HttpCall {
  requestId: string;
  /** Milliseconds since 1970. */
  receivedAt: number;
  bodyLength: number;
  /** Scheme and host, without a slash at the end. */
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
  const known = { receivedAt, bodyLength, origin, network, changed, caller, access };
  return { requestId: id, query: query as Record<string, unknown>, ...known };
}

/** Hands the `HttpCall` to a handler. */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext) =>
  httpCall(context.switchToHttp().getRequest<FastifyRequest>()),
);
