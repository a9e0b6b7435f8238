import { applyDecorators, type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { type Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import { IS_PUBLIC } from '@tidegate/runtime';
import { type Need } from './access.rule.js';
import { type Scope } from './roles.js';

/** The callers that a route admits: all, SCIM clients of its integration, logged-in persons, or those with a scope. */
export type RouteAccess = 'public' | 'scim' | 'person' | Need;

const ACCESS = 'tidegate:access';

/** Admits SCIM clients with a credential of the integration in the path. */
export const Scim = (): CustomDecorator => SetMetadata(ACCESS, 'scim' satisfies RouteAccess);

/** Admits logged-in persons; the handler returns only their own data. */
export const ForPersons = (): CustomDecorator => SetMetadata(ACCESS, 'person' satisfies RouteAccess);

/** Admits API keys with the scope, and persons with the role that includes it. */
export const Needs = (scope: Scope, more: Omit<Need, 'scope'> = {}): MethodDecorator =>
  applyDecorators(SetMetadata(ACCESS, { scope, ...more } satisfies RouteAccess), ApiExtension('x-scope', scope));

/** @returns the access declared on the handler, or on its controller; undefined when neither declares one */
export function declaredAccess(
  reflector: Reflector,
  context: Pick<ExecutionContext, 'getHandler' | 'getClass'>,
): RouteAccess | undefined {
  const targets = [context.getHandler(), context.getClass()];
  if (reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, targets)) return 'public';
  return reflector.getAllAndOverride<RouteAccess | undefined>(ACCESS, targets);
}
