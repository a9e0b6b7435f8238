import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Refusal } from '@tidegate/contracts';
import { type FastifyRequest } from 'fastify';
import { declaredAccess } from './access.decorator.js';
import { accessOf, type Need, touchable } from './access.rule.js';
import { unauthorized } from './bearer.rule.js';
import { covers } from './roles.js';

/** Lets a caller through to routes that are declared for it. A route that declares nothing is closed to all. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const access = declaredAccess(this.reflector, context);
    if (access === 'public') return true;
    if (access === undefined) throw new Refusal('notAllowed', 'This address is closed.');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (access === 'scim' || access === 'person') {
      if (request.caller?.kind !== access) throw unauthorized();
      return true;
    }
    this.admit(request, access);
    return true;
  }

  /** An integration in the path is looked at here, for every route: one out of reach is one that is not there. */
  private admit(request: FastifyRequest, need: Need): void {
    const { caller } = request;
    if (!caller || caller.kind === 'scim') throw unauthorized();
    request.access = accessOf(caller, need, Date.now());
    const { integrationId } = request.params as { integrationId?: string };
    if (integrationId !== undefined && !covers(touchable(request.access), integrationId))
      throw new Refusal('missing', 'No such integration.');
  }
}
