import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type Logger } from '@tidegate/observability';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { STEP_UP_SECONDS, StepUpNeeded } from '../callers/access.rule.js';
import { sendOAuthError } from '../oauth/oauth-error.js';
import { note } from '../activity/provisioning-log.hook.js';
import { isErrorPage, sendErrorPage } from '../pages/error.pages.js';
import { bulkTooLarge } from '../scim/bulk-too-large.js';
import { bytesOf, SCIM_TYPE } from '../scim/reply.js';
import { scimErrorOf } from '../scim/scim-error.js';
import { refusalOf, RETRY_AFTER_SECONDS } from '../http/errors.js';
import { InvalidFields } from '../http/invalid-fields.error.js';
import { PROBLEM_TYPE, problemOf } from '../callers/problem.view.js';

/**
 * Sends errors: SCIM Errors under /scim, OAuth errors under /oauth; elsewhere problem details to programs, and pages to
 * browsers.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.respond(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  respond(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent || reply.raw.headersSent) return;
    if (!refusalOf(error) && !(error instanceof InvalidFields))
      this.logger.error({ err: error, requestId: request.id }, 'Unhandled error');
    const route = request.routeOptions?.url ?? request.url;
    if (route.startsWith('/oauth/')) return sendOAuthError(error, route, reply);
    const scim = route.startsWith('/scim/');
    const body = scim ? scimErrorOf(bulkTooLarge(error, request) ?? error) : problemOf(error, request.id);
    const status = Number(body.status);
    if (scim) note(request, { error: body });
    if (status === 401) reply.header('www-authenticate', challenge(request, error));
    if (status === 429 || status === 503) reply.header('retry-after', String(RETRY_AFTER_SECONDS));
    if (!scim && isErrorPage(request, status)) return sendErrorPage(request, reply, problemOf(error, request.id));
    reply
      .status(status)
      .type(scim ? SCIM_TYPE : PROBLEM_TYPE)
      .send(bytesOf(body));
  }
}

/**
 * RFC 6750 §3: `error` is set only if a token was sent. RFC 9470 §3: a login that is too old gets the maximum age.
 */
function challenge({ headers }: FastifyRequest, error: unknown): string {
  const realm = 'Bearer realm="tidegate"';
  if (error instanceof StepUpNeeded)
    return `${realm}, error="insufficient_user_authentication", max_age="${STEP_UP_SECONDS}"`;
  return headers.authorization === undefined ? realm : `${realm}, error="invalid_token"`;
}
