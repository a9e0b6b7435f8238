import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Milliseconds since 1970: when the request entered. */
    enteredAt: number;
    /** Length of the parsed body, 0 without one. */
    bodyLength: number;
    /** Scheme and host that the caller reaches us by. */
    origin: string;
  }
}

/** What a handler needs of the HTTP call besides its parameters and its body. */
export interface HttpCall {
  requestId: string;
  /** Milliseconds since 1970. */
  enteredAt: number;
  bodyLength: number;
  /** Scheme and host, without a slash at the end. */
  origin: string;
  query: Readonly<Record<string, unknown>>;
}

export function httpCall({ id, enteredAt, bodyLength, origin, query }: FastifyRequest): HttpCall {
  return { requestId: id, enteredAt, bodyLength, origin, query: query as Record<string, unknown> };
}

/** Hands the `HttpCall` to a handler. */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext) =>
  httpCall(context.switchToHttp().getRequest<FastifyRequest>()),
);
