import { Refusal, type RefusalCode } from '@tidegate/contracts';
import { type FastifyReply } from 'fastify';
import { refusalOf, RETRY_AFTER_SECONDS } from '../http/errors.js';
import { errorPage } from './consent.pages.js';

/** The body of an error answer of an OAuth endpoint (RFC 6749 §5.2). */
export interface OAuthError {
  error: string;
  error_description: string;
}

const CODES: Partial<Record<RefusalCode, string>> = {
  internal: 'server_error',
  deadline: 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
};

/** Where browsers come, which are shown a page. */
const PAGES = /\/(authorize|interaction)(\/|$)/;

/** Answers what is refused before `oidc-provider` sees it. */
export function answerOAuth(error: unknown, route: string, reply: FastifyReply): void {
  const { status, body } = oauthErrorOf(error);
  if (status === 429) reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  reply.status(status);
  if (!PAGES.test(route)) return void reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
  const { text, headers } = errorPage(body.error_description);
  reply.headers(headers).send(text);
}

/** @returns the status and the body; what cannot be answered now is 429, after which Okta comes again */
function oauthErrorOf(error: unknown): { status: number; body: OAuthError } {
  const refusal = refusalOf(error) ?? new Refusal('internal', 'Internal error. Try again later.');
  const code = CODES[refusal.code] ?? 'invalid_request';
  const status = code === 'temporarily_unavailable' ? 429 : refusal.status;
  return { status, body: { error: code, error_description: refusal.detail } };
}
