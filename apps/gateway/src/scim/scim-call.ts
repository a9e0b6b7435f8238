import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import {
  type Projection,
  readSearchParameters,
  resourceTypes,
  type ResourceTypes,
  type ScimProfile,
} from '@tidegate/scim';
import { type Actor } from '@tidegate/contracts';
import { type FastifyRequest } from 'fastify';
import { actorOf } from '../auth/actor.rule.js';
import { type HttpCall, httpCall } from '../http/call.js';
import { projectionOf } from './list-query.rule.js';

/** One call of a SCIM client. */
export interface ScimCall extends HttpCall {
  integrationId: string;
  /** URL of the integration's SCIM endpoint, without a slash at the end. */
  baseUrl: string;
  projection: Projection;
  /** How the integration's client speaks, and the resource types as it has them. */
  profile: ScimProfile;
  types: ResourceTypes;
  actor: Actor;
  /** Names of the groups to sync; none means all. */
  groupsToSync: string[];
  /** Of an operation in a bulk request: until when that must be answered, and the bytes that it holds in memory meanwhile. */
  within?: { deadlineAt: number; bodyLength: number };
}

/** @returns the URL of an integration's SCIM endpoint: what an administrator types into Okta */
export function scimBaseUrl(origin: string, integrationId: string): string {
  return `${origin}/scim/v2/${integrationId}`;
}

/** Hands the `ScimCall` to a handler. */
export const Scimmed = createParamDecorator((_: unknown, context: ExecutionContext): ScimCall => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const call = httpCall(request);
  const { caller } = request;
  if (caller?.kind !== 'scim') throw new Error('A SCIM call without a SCIM caller (this is a bug).');
  const { integrationId, profile, groupsToSync } = caller;
  const { attributes, excludedAttributes } = call.query;
  const projection = projectionOf(readSearchParameters({ attributes, excludedAttributes }), profile.dialect);
  return {
    ...call,
    integrationId,
    baseUrl: scimBaseUrl(call.origin, integrationId),
    projection,
    profile,
    types: resourceTypes(profile),
    groupsToSync,
    actor: actorOf(caller, { network: call.network }),
  };
});
