import { isUuid } from '@tidegate/contracts';
import { openSpan, readTrace, type SpanRule, type TraceContext } from '@tidegate/observability';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { whenSent } from '../http/when-sent.js';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * The route and the status of a call (https://opentelemetry.io/docs/specs/semconv/http/http-spans/), like its log line: not
 * `url.path` and `url.query`, which can contain names, and not the address and the headers of the caller.
 */
const CALL: SpanRule<FastifyRequest> = {
  kind: 'server',
  name: (request) => [methodOf(request), routeOf(request)].filter(Boolean).join(' '),
  attributes: (request) => ({
    'http.request.method': methodOf(request),
    'http.route': routeOf(request),
    'url.scheme': schemeOf(request),
    'tidegate.integration_id': integrationOf(request),
  }),
  parent: ({ headers }) => readTrace(headers.traceparent, headers.tracestate),
};

/** Records a call, until its response is sent or its connection closes. @returns its trace; undefined if it is not recorded */
export function recordRequest(request: FastifyRequest, reply: FastifyReply): TraceContext | undefined {
  const span = openSpan(CALL, request);
  if (!span) return undefined;
  whenSent(request, reply, () => {
    if (!reply.raw.headersSent) return span.end({}, 'aborted');
    const { statusCode } = reply;
    span.end({ 'http.response.status_code': statusCode }, statusCode >= 500 ? String(statusCode) : undefined);
  });
  return span.trace;
}

const methodOf = ({ method }: FastifyRequest): string => (METHODS.has(method) ? method : '_OTHER');

/** Behind a proxy it is a header, in which clients can write anything if the proxy does not replace it. */
const schemeOf = ({ protocol }: FastifyRequest): string | undefined =>
  ['http', 'https'].find((scheme) => scheme === protocol);

/** The pattern, not the URL: filters contain user names. */
const routeOf = ({ is404, routeOptions }: FastifyRequest): string | undefined => (is404 ? undefined : routeOptions.url);

/** The integration in the path. Clients can write anything there, so only ids count. */
function integrationOf({ params }: FastifyRequest): string | undefined {
  const { integrationId } = (params ?? {}) as { integrationId?: string };
  return isUuid(integrationId) ? integrationId : undefined;
}
