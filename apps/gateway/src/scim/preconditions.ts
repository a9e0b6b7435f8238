import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type IfMatch } from '@tidegate/contracts';
import { type FastifyRequest } from 'fastify';
import { ifMatchOf } from './etag.rule.js';

/** Hands the versions that a write demands to a handler; undefined when it demands none. */
export const Demanded = createParamDecorator((_: unknown, context: ExecutionContext): IfMatch | undefined => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return ifMatchOf(headers['if-match'], headers['if-none-match']);
});
