import { applyDecorators, type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { type Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import { IS_PUBLIC } from '@tidegate/observability';
import { type Need } from './access.rule.js';
import { type Scope } from './roles.js';

/** Who may use a route: everyone, SCIM clients of the integration in the path, whoever is logged in, or who meets the need. */
export type Access = 'public' | 'scim' | 'person' | Need;

const ACCESS = 'tidegate:access';

/** For SCIM clients with a token of the integration in the path. */
export const Scim = (): CustomDecorator => SetMetadata(ACCESS, 'scim' satisfies Access);

/** For whoever is logged in, about itself. */
export const ForPersons = (): CustomDecorator => SetMetadata(ACCESS, 'person' satisfies Access);

/** For API keys with the scope, and for persons with the role that goes with it. */
export const Needs = (scope: Scope, more: Omit<Need, 'scope'> = {}): MethodDecorator =>
  applyDecorators(SetMetadata(ACCESS, { scope, ...more } satisfies Access), ApiExtension('x-scope', scope));

/** @returns what the handler, else its controller, declares; undefined when neither does */
export function declaredAccess(
  reflector: Reflector,
  context: Pick<ExecutionContext, 'getHandler' | 'getClass'>,
): Access | undefined {
  const targets = [context.getHandler(), context.getClass()];
  if (reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets)) return 'public';
  return reflector.getAllAndOverride<Access | undefined>(ACCESS, targets);
}
