import { type Actor, isUuid } from '@tidegate/contracts';
import { type Logger, traceIdOf } from '@tidegate/observability';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { actorOf } from '../callers/actor.rule.js';
import { hasSessionCookie } from '../auth/principals.service.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Logs one line per call: route, status, duration and actor. Lines of unsafe methods have the ids in the path and the id
 * of the created resource. Failed authentication is a warning, with the network of the caller. Lines never contain URLs,
 * headers or bodies, which can hold filters, names and secrets.
 */
export function addCallLog(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.changed = {};
    done();
  });

  // Only for JSON objects: SCIM responses are serialized already.
  fastify.addHook('preSerialization', (request, _reply, payload, done) => {
    const { id } = (payload ?? {}) as { id?: unknown };
    if (!SAFE.has(request.method) && typeof id === 'string') request.changed['resultId'] = id;
    done(null, payload);
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    const line = { ...plainLine(request, reply), ...callerOf(request) };
    if (hasFailedCredential(request, reply)) logger.warn({ ...line, ...paramsOf(request) }, 'credential refused');
    else if (SAFE.has(request.method)) logger.info(line, 'request');
    else logger.info({ ...line, ...paramsOf(request), ...request.changed }, 'request');
    done();
  });
}

function plainLine(request: FastifyRequest, reply: FastifyReply) {
  // The pattern, not the URL: filters contain user names.
  const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
  const durationMs = Math.round(reply.elapsedTime * 10) / 10;
  const ids = { requestId: request.id, traceId: traceIdOf(request.trace) };
  return { ...ids, method: request.method, route, status: reply.statusCode, durationMs };
}

function callerOf({ caller, network, params }: FastifyRequest): object {
  const { integrationId } = (params ?? {}) as { integrationId?: string };
  return caller ? { actor: withoutName(actorOf(caller, { network, integrationId })) } : { network };
}

/** Names of API keys are not logged. */
function withoutName(actor: Actor): Actor | Omit<Actor, 'name'> {
  if (actor.kind !== 'apiKey') return actor;
  const { name: _, ...ids } = actor;
  return ids;
}

/** Only ids: clients can put names or secrets into paths. */
function paramsOf({ params }: FastifyRequest): object {
  const ids = Object.entries((params ?? {}) as Record<string, string>).filter(([, id]) => isUuid(id));
  return ids.length > 0 ? { params: Object.fromEntries(ids) } : {};
}

/** Whether a credential was given and rejected. A caller that lacks a scope is authenticated. */
function hasFailedCredential(request: FastifyRequest, { statusCode }: FastifyReply): boolean {
  const { headers, caller, refusedCredential, routeOptions } = request;
  if (refusedCredential !== undefined) return true;
  // 429: rate limited after too many wrong credentials.
  if (caller !== undefined || (statusCode !== 401 && statusCode !== 429)) return false;
  // OAuth clients may send the secret in the body (RFC 6749 §2.3.1).
  const isOAuth = routeOptions.url?.startsWith('/oauth/') ?? false;
  return isOAuth || headers.authorization !== undefined || hasSessionCookie(request);
}
