import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type IfMatch } from '@tidegate/contracts';
import { type FastifyRequest } from 'fastify';
import { ifMatchOf } from './etag.rule.js';

/** Parameter decorator: the accepted versions of a write; undefined without a condition. */
export const IfMatchCondition = createParamDecorator((_: unknown, context: ExecutionContext): IfMatch | undefined => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return ifMatchOf(headers['if-match'], headers['if-none-match']);
});
