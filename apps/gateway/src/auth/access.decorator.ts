import { type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { type Reflector } from '@nestjs/core';
import { IS_PUBLIC } from '@tidegate/observability';
import { type Caller } from './caller.js';

/** Who may use a route: everyone, or callers of one kind. */
export type Access = 'public' | Caller['kind'];

const ACCESS = 'tidegate:access';

/** For SCIM clients with a token of the integration in the path. */
export const Scim = (): CustomDecorator => SetMetadata(ACCESS, 'scim' satisfies Access);

/** For callers with an API key. */
export const Admin = (): CustomDecorator => SetMetadata(ACCESS, 'admin' satisfies Access);

/** @returns what the handler, else its controller, declares; undefined when neither does */
export function declaredAccess(
  reflector: Reflector,
  context: Pick<ExecutionContext, 'getHandler' | 'getClass'>,
): Access | undefined {
  const targets = [context.getHandler(), context.getClass()];
  if (reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets)) return 'public';
  return reflector.getAllAndOverride<Access | undefined>(ACCESS, targets);
}
