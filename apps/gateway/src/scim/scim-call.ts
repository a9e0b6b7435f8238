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
import { actorOf } from '../callers/actor.rule.js';
import { type HttpCall, httpCall } from '../callers/call.js';
import { projectionOf } from './list-query.rule.js';

/** A call of a SCIM client. */
export interface ScimCall extends HttpCall {
  integrationId: string;
  /** SCIM base URL of the integration, without trailing slash. */
  baseUrl: string;
  projection: Projection;
  /** Profile of the integration, and its resource types with extensions. */
  profile: ScimProfile;
  types: ResourceTypes;
  actor: Actor;
  /** Names of the groups to sync; empty means all. */
  groupsToSync: string[];
  /** For operations of a bulk request: its deadline and the bytes of its body. */
  within?: { deadlineAt: number; bodyLength: number };
}

/** @returns the SCIM base URL of an integration, as configured in Okta */
export function scimBaseUrl(origin: string, integrationId: string): string {
  return `${origin}/scim/v2/${integrationId}`;
}

/** Parameter decorator: the `ScimCall` of a request. */
export const GetScimCall = createParamDecorator((_: unknown, context: ExecutionContext): ScimCall => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const call = httpCall(request);
  const { caller } = request;
  if (caller?.kind !== 'scim') throw new Error('a SCIM call has no SCIM caller (this is a bug)');
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
