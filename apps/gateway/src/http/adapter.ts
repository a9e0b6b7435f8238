import { type IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Refusal } from '@tidegate/contracts';
import { acceptRequestId } from '@tidegate/observability';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, type RouteOptions } from 'fastify';

const MIB = 1024 * 1024;
/** Body limits by the beginning of the route; a group of 50,000 members comes whole (okta-scim: "Push Now"). */
const BODY_LIMITS: readonly (readonly [prefix: string, bytes: number])[] = [
  ['/scim/v2/:integrationId/Groups', 16 * MIB],
  ['/scim/', 10 * MIB],
  ['/', MIB],
];
/** Deeper than any body of /api/v1. */
const MAX_DEPTH = 10;
const JSON_TYPES = ['application/scim+json', 'application/json'];

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
    trustProxy,
    bodyLimit: MIB,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000, // longer than the 60 s of common load balancers, which must be the ones to close
    requestIdHeader: false,
    genReqId: (request: IncomingMessage) => acceptRequestId(request.headers['x-request-id']),
    return503OnClosing: false, // Okta gives up on 503: what has come in is still answered
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: onUnroutable,
    skipMiddie: true,
  });
  const fastify: FastifyInstance = adapter.getInstance();
  fastify.server.maxConnections = 10_000;
  fastify.addHook('onRoute', (route: RouteOptions) => {
    route.bodyLimit = BODY_LIMITS.find(([prefix]) => route.url.startsWith(prefix))?.[1] ?? MIB;
    for (const method of [route.method].flat()) routes.push({ method, url: route.url });
  });
  parseJson(fastify);
  return adapter;
}

/**
 * Takes JSON as SCIM clients send it. Fastify's own parser refuses or strips members such as `__proto__`; the plain one
 * makes them ordinary members, which no schema knows.
 */
function parseJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>(JSON_TYPES, { parseAs: 'string' }, (request, body, done) => {
    request.bodyLength = body.length;
    const scim = request.routeOptions.url?.startsWith('/scim/');
    if (body === '' && request.method === 'DELETE') return done(null, undefined);
    if (body === '' && !scim) return done(null, {}); // whoever needs a body says which field is missing
    let parsed: unknown;
    try {
      parsed = JSON.parse(body);
    } catch {
      return done(new Refusal('invalidSyntax', body === '' ? 'The body is empty.' : 'The body is not JSON.'));
    }
    // Nest's validation walks a body by recursion; libs/scim looks after its own.
    if (!scim && isDeep(parsed)) return done(new Refusal('invalidSyntax', 'The body is nested too deep.'));
    done(null, parsed);
  });
}

function isDeep(body: unknown): boolean {
  let level: unknown[] = [body];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++)
    level = level.flatMap((value) => Object.values((typeof value === 'object' && value) || {}) as unknown[]);
  return level.length > 0;
}
