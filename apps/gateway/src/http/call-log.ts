import { type Actor, isUuid } from '@tidegate/contracts';
import { type Logger, traceIdOf } from '@tidegate/observability';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { actorOf } from '../auth/actor.rule.js';
import { hasSessionCookie } from '../auth/principals.service.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * One line in the log per call: route, status, duration and the actor. A call that may change something has the ids in its
 * path and the id of what it made; a failed credential is a warning with the network that it came from. The line never
 * holds a URL, a header or a body: filters, names and secrets stand there.
 */
export function addCallLog(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.changed = {};
    done();
  });

  // Objects only: answers of SCIM are bytes by then, and name their resource in the path.
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
  // The route's pattern, never the URL: filters hold user names.
  const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
  const durationMs = Math.round(reply.elapsedTime * 10) / 10;
  const ids = { requestId: request.id, traceId: traceIdOf(request.trace) };
  return { ...ids, method: request.method, route, status: reply.statusCode, durationMs };
}

function callerOf({ caller, network, params }: FastifyRequest): object {
  const { integrationId } = (params ?? {}) as { integrationId?: string };
  return caller ? { actor: withoutName(actorOf(caller, { network, integrationId })) } : { network };
}

/** What an administrator called a key does not belong into a log. */
function withoutName(actor: Actor): Actor | Omit<Actor, 'name'> {
  if (actor.kind !== 'apiKey') return actor;
  const { name: _, ...ids } = actor;
  return ids;
}

/** Ids only: a client may put a name or a secret into a path. */
function paramsOf({ params }: FastifyRequest): object {
  const ids = Object.entries((params ?? {}) as Record<string, string>).filter(([, id]) => isUuid(id));
  return ids.length > 0 ? { params: Object.fromEntries(ids) } : {};
}

/** Whether a credential was given and is not accepted. A caller that lacks a right has shown a good one. */
function hasFailedCredential(request: FastifyRequest, { statusCode }: FastifyReply): boolean {
  const { headers, caller, refusedCredential, routeOptions } = request;
  if (refusedCredential !== undefined) return true;
  // 429: so many wrong ones came that this one was not looked at.
  if (caller !== undefined || (statusCode !== 401 && statusCode !== 429)) return false;
  // An OAuth client may show its secret in the body (RFC 6749 §2.3.1).
  const isOAuth = routeOptions.url?.startsWith('/oauth/') ?? false;
  return isOAuth || headers.authorization !== undefined || hasSessionCookie(request);
}
