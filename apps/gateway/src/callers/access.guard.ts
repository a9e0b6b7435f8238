import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Refusal } from '@tidegate/contracts';
import { type FastifyRequest } from 'fastify';
import { declaredAccess } from './access.decorator.js';
import { admit } from './access.rule.js';
import { unauthorized } from '../http/bearer.rule.js';

/** Enforces the declared access of a route. Refuses all callers of a route that declares none. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const access = declaredAccess(this.reflector, context);
    if (access === 'public') return true;
    if (access === undefined) throw new Refusal('notAllowed', 'This endpoint is not available to any caller.');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (access === 'scim' || access === 'person') {
      if (request.caller?.kind !== access) throw unauthorized();
      return true;
    }
    if (!request.caller) throw unauthorized(request.headers.authorization);
    const { integrationId } = request.params as { integrationId?: string };
    request.access = admit(request.caller, access, integrationId, Date.now());
    return true;
  }
}
