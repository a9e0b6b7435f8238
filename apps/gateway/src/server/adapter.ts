import { type IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { acceptRequestId } from '@tidegate/observability';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, type RouteOptions } from 'fastify';
import { SCIM_TYPE } from '../scim/reply.js';
import { FORM_BYTES, isFormRoute, parseForms } from './forms.js';
import { bodySteps, RESERVED_NAMES } from '../http/json.rule.js';
import { closeIdleConnections } from './silent-connections.js';
import { parseInSteps } from '../http/read-in-turn.js';
import { refuseMalformedRequest } from './unreadable.js';

const MIB = 1024 * 1024;
/** Groups of 50,000 members arrive in one body (Okta's "Push Now"); all other bodies are small. */
const bodyLimit = (route: string): number => {
  if (isFormRoute(route)) return FORM_BYTES;
  return route.startsWith('/scim/v2/:integrationId/Groups') ? 16 * MIB : MIB;
};
/** Maximum nesting depth of bodies. */
const SCIM_DEPTH = 32;
const API_DEPTH = 10;
const JSON_TYPES = [SCIM_TYPE, 'application/json'];
/** Above the limit of filters, so that an overlong filter gets its own error. */
const MAX_HEADER_BYTES = 64 * 1024;

/** One registered route, for the inventory. */
export interface RegisteredRoute {
  method: string;
  url: string;
}

interface AdapterOptions {
  trustProxy: boolean;
  /** Handles errors before routing, such as malformed URLs. */
  onUnroutable: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;
  /** Receives every registered route. */
  routes: RegisteredRoute[];
}

/** @returns the Fastify adapter, with body limits, timeouts and parsers */
export function createAdapter({ trustProxy, onUnroutable, routes }: AdapterOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: false,
    // Trusts one proxy: earlier entries of X-Forwarded-For are written by the caller.
    trustProxy: trustProxy && ((_, hop) => hop === 0),
    bodyLimit: MIB,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000, // above the 60 s of common load balancers, which must close first
    requestIdHeader: false,
    genReqId: (request: IncomingMessage) => acceptRequestId(request.headers['x-request-id']),
    return503OnClosing: false, // Okta does not retry 503: requests in progress are completed
    routerOptions: { maxParamLength: 1024, ignoreTrailingSlash: true }, // all resources are at `/` (RFC 7644 §3.4.2.1)
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    clientErrorHandler: refuseMalformedRequest,
    frameworkErrors: onUnroutable,
    skipMiddie: true,
  });
  const fastify: FastifyInstance = adapter.getInstance();
  closeIdleConnections(fastify);
  fastify.addHook('onRoute', (route: RouteOptions) => {
    route.bodyLimit = bodyLimit(route.url);
    for (const method of [route.method].flat()) routes.push({ method, url: route.url });
  });
  parseJsonBodies(fastify);
  parseForms(fastify);
  return adapter;
}

/**
 * Parses JSON and SCIM bodies. Fastify's own parser refuses or strips members such as `__proto__`; this one keeps them as
 * ordinary members, which validation then rejects.
 */
function parseJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>(JSON_TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    request.bodyLength = body.length;
    const scim = isScim(request);
    if (body.length === 0 && request.method === 'DELETE') return done(null, undefined);
    if (body.length === 0 && !scim) return done(null, {}); // validation reports missing fields
    const key = request.caller?.kind === 'scim' ? request.caller.integrationId : '';
    const steps = scim ? bodySteps(body, SCIM_DEPTH) : bodySteps(body, API_DEPTH, RESERVED_NAMES);
    parseInSteps(key, body.length, steps).then((parsed) => done(null, parsed), done);
  });
}

const isScim = ({ routeOptions }: FastifyRequest): boolean => routeOptions.url?.startsWith('/scim/') ?? false;
