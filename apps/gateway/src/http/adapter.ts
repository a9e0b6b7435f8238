import { type IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { acceptRequestId } from '@tidegate/observability';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, type RouteOptions } from 'fastify';
import { SCIM_TYPE } from '../scim/reply.js';
import { FORM_BYTES, isFormRoute, takeForms } from './forms.js';
import { bodySteps } from './json.js';
import { endSilentConnections } from './silent-connections.js';
import { readInTurn } from './read-in-turn.js';
import { answerUnreadable } from './unreadable.js';

const MIB = 1024 * 1024;
/** A group of 50,000 members comes whole (okta-scim: "Push Now"); everything else is small. */
const bodyLimit = (route: string): number => {
  if (isFormRoute(route)) return FORM_BYTES;
  return route.startsWith('/scim/v2/:integrationId/Groups') ? 16 * MIB : MIB;
};
/** Objects and arrays inside one another: deeper than any body. */
const SCIM_DEPTH = 32;
const API_DEPTH = 10;
const JSON_TYPES = [SCIM_TYPE, 'application/json'];
/** More than a filter may have, so that one too long is told so, and not that some header is. */
const MAX_HEADER_BYTES = 64 * 1024;

/** One registered route, for the inventory. */
export interface RegisteredRoute {
  method: string;
  url: string;
}

interface AdapterOptions {
  trustProxy: boolean;
  /** Answers what fails before routing: a malformed URL. */
  onUnroutable: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;
  /** Filled with every route as it is registered. */
  routes: RegisteredRoute[];
}

/** Fastify with the limits, parsers and time limits of the door. */
export function createAdapter({ trustProxy, onUnroutable, routes }: AdapterOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: false,
    // One proxy: what stands in X-Forwarded-For before its own entry, the caller wrote itself.
    trustProxy: trustProxy && ((_, hop) => hop === 0),
    bodyLimit: MIB,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000, // longer than the 60 s of common load balancers, which must be the ones to close
    requestIdHeader: false,
    genReqId: (request: IncomingMessage) => acceptRequestId(request.headers['x-request-id']),
    return503OnClosing: false, // Okta gives up on 503: what has come in is still answered
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true }, // all resources are at `/` (RFC 7644 §3.4.2.1)
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: onUnroutable,
    skipMiddie: true,
  });
  const fastify: FastifyInstance = adapter.getInstance();
  endSilentConnections(fastify);
  fastify.addHook('onRoute', (route: RouteOptions) => {
    route.bodyLimit = bodyLimit(route.url);
    for (const method of [route.method].flat()) routes.push({ method, url: route.url });
  });
  takeJson(fastify);
  takeForms(fastify);
  return adapter;
}

/**
 * Takes JSON as SCIM clients send it. Fastify's own parser refuses or strips members such as `__proto__`; the plain one
 * makes them ordinary members, which no schema knows.
 */
function takeJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>(JSON_TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    request.bodyLength = body.length;
    const scim = isScim(request);
    if (body.length === 0 && request.method === 'DELETE') return done(null, undefined);
    if (body.length === 0 && !scim) return done(null, {}); // whoever needs a body says which field is missing
    const key = request.caller?.kind === 'scim' ? request.caller.integrationId : '';
    const steps = bodySteps(body, scim ? SCIM_DEPTH : API_DEPTH);
    readInTurn(key, body.length, steps).then((parsed) => done(null, parsed), done);
  });
}

const isScim = ({ routeOptions }: FastifyRequest): boolean => routeOptions.url?.startsWith('/scim/') ?? false;
