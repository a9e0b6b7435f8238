import { acceptTrace, type Logger, type Metrics, withRequestId } from '@tidegate/observability';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { unauthorized } from '../http/bearer.rule.js';
import { networkOf } from '../http/network.rule.js';
import { type Callers } from '../credentials/callers.service.js';
import { type CallCounts } from '../integrations/call-counts.service.js';
import { SCIM_TYPE } from '../scim/reply.js';
import { addCallLog } from './call-log.js';
import { NO_ACCESS } from '../callers/call.js';
import { isFormRoute } from './forms.js';
import { routeRefusal } from './no-such-route.js';
import { recordRequest } from './request-span.js';
import { addTransportSecurity } from './transport-security.js';

interface HookParts {
  callers: Callers;
  callCounts: CallCounts;
  logger: Logger;
  metrics: Metrics;
  publicUrl: string | undefined;
}

/** Adds the hooks that must be first, so that later refusals are logged and sent with request id and network. */
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
    request.trace =
      recordRequest(request, reply) ?? acceptTrace(request.headers.traceparent, request.headers.tracestate);
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

/** Adds the hooks that refuse unknown routes, authenticate callers and count calls. */
export function addHooks(
  fastify: FastifyInstance,
  { callers, callCounts, metrics }: Omit<HookParts, 'logger' | 'publicUrl'>,
): void {
  fastify.addHook('onRequest', (request, reply, done) =>
    done(request.is404 ? routeRefusal(fastify, request, reply) : undefined),
  );

  // Before parsing: bodies of unauthenticated callers are not read. The guard checks access to the route.
  fastify.addHook('onRequest', async (request) => {
    request.caller = await callers.identify(request);
    if (!announcesBody(request) || isFormRoute(request.routeOptions.url)) return;
    const isApi = request.routeOptions.url?.startsWith('/api/');
    if (!request.caller) throw unauthorized(isApi ? request.headers.authorization : undefined);
    // A missing type may be inferred (RFC 9110 §8.3), and SCIM bodies are always JSON (RFC 7644 §3.1).
    if (request.caller.kind === 'scim') request.headers['content-type'] ??= SCIM_TYPE;
  });

  // After parsing, because the body stream loses the async context.
  fastify.addHook('preHandler', (request, _reply, done) => withRequestId(request.id, done, request.trace));

  fastify.addHook('onResponse', (request, reply, done) => {
    // The pattern, not the URL: filters contain user names.
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
