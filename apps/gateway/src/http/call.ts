import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Access } from '../auth/access.rule.js';
import { type Caller } from '../auth/caller.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Milliseconds since 1970: when the request entered. */
    enteredAt: number;
    /** Length of the parsed body, 0 without one. */
    bodyLength: number;
    /** Scheme and host that the caller reaches us by. */
    origin: string;
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
  enteredAt: number;
  bodyLength: number;
  /** Scheme and host, without a slash at the end. */
  origin: string;
  query: Readonly<Record<string, unknown>>;
  caller: Caller | undefined;
  access: Access;
}

export function httpCall({ id, enteredAt, bodyLength, origin, query, caller, access }: FastifyRequest): HttpCall {
  return { requestId: id, enteredAt, bodyLength, origin, query: query as Record<string, unknown>, caller, access };
}

/** Hands the `HttpCall` to a handler. */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext) =>
  httpCall(context.switchToHttp().getRequest<FastifyRequest>()),
);
