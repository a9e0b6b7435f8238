import { acceptTrace, type Logger, type Metrics, withRequestId } from '@tidegate/observability';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { unauthorized } from '../auth/bearer.rule.js';
import { networkOf } from '../auth/network.rule.js';
import { type Callers } from '../auth/callers.service.js';
import { type CallCounts } from '../integrations/call-counts.js';
import { SCIM_TYPE } from '../scim/reply.js';
import { addCallLog } from './call-log.js';
import { NO_ACCESS } from './call.js';
import { isFormRoute } from './forms.js';
import { noSuchRoute } from './no-such-route.js';
import { addTransportSecurity } from './transport-security.js';

interface HookParts {
  callers: Callers;
  callCounts: CallCounts;
  logger: Logger;
  metrics: Metrics;
  publicUrl: string | undefined;
}

/** Comes before all other hooks: what they refuse is logged and answered with the id of the request and its network, too. */
export function prepareRequests(
  fastify: FastifyInstance,
  { logger, publicUrl }: Pick<HookParts, 'logger' | 'publicUrl'>,
): void {
  fastify.decorateRequest('caller', undefined);
  fastify.decorateRequest('access');
  fastify.decorateRequest('receivedAt', 0);
  fastify.decorateRequest('bodyLength', 0);
  fastify.decorateRequest('origin', '');
  fastify.decorateRequest('trace');
  fastify.decorateRequest('network', null);
  fastify.decorateRequest('changed');
  const ownOrigin = publicUrl?.replace(/\/+$/, '');

  fastify.addHook('onRequest', (request, reply, done) => {
    request.receivedAt = Date.now();
    request.trace = acceptTrace(request.headers.traceparent, request.headers.tracestate);
    request.access = NO_ACCESS;
    request.network = networkOf(request.ip);
    request.origin = ownOrigin ?? `${request.protocol}://${request.host}`;
    reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    withRequestId(request.id, done, request.trace);
  });
  addCallLog(fastify, logger);
  addTransportSecurity(fastify, publicUrl);
}

/** What happens to every request around its handler: identity of the caller, and counts. */
export function addHooks(
  fastify: FastifyInstance,
  { callers, callCounts, metrics }: Omit<HookParts, 'logger' | 'publicUrl'>,
): void {
  fastify.addHook('onRequest', (request, reply, done) =>
    done(request.is404 ? noSuchRoute(fastify, request, reply) : undefined),
  );

  // Before the body: a stranger's is not read. Which callers a route is for, the guard decides.
  fastify.addHook('onRequest', async (request) => {
    request.caller = await callers.identify(request);
    if (!announcesBody(request) || isFormRoute(request.routeOptions.url)) return;
    if (!request.caller) throw unauthorized();
    // Without a type the recipient may look what it is (RFC 9110 §8.3), and SCIM is JSON always (RFC 7644 §3.1).
    if (request.caller.kind === 'scim') request.headers['content-type'] ??= SCIM_TYPE;
  });

  // Again after the body: its stream loses the context.
  fastify.addHook('preHandler', (request, _reply, done) => withRequestId(request.id, done, request.trace));

  fastify.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, never the URL: filters hold user names.
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const { method } = request;
    const status = reply.statusCode;
    if (request.caller?.kind === 'scim') callCounts.count(request.caller.integrationId, status);
    metrics.httpRequest.observe({ method, route, status }, reply.elapsedTime / 1000);
    done();
  });
}

function announcesBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
