import { type RefusalCode } from '@tidegate/contracts';
import { type FastifyReply } from 'fastify';
import { refusalToSend, RETRY_AFTER_SECONDS } from '../http/errors.js';
import { errorPage } from './consent.pages.js';

/** The body of an OAuth error response (RFC 6749 §5.2). */
export interface OAuthError {
  error: string;
  error_description: string;
}

const CODES: Partial<Record<RefusalCode, string>> = {
  internal: 'server_error',
  deadline: 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
};

/** The endpoints for browsers, whose errors are pages. */
export const PAGES = /\/(authorize|interaction)(\/|$)/;

/** Sends the response to a request that is refused before `oidc-provider` handles it. */
export function sendOAuthError(error: unknown, route: string, reply: FastifyReply): void {
  const { status, body } = oauthErrorOf(error);
  if (status === 429) reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  reply.status(status);
  if (!PAGES.test(route)) return void reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
  const { text, headers } = errorPage(body.error_description);
  reply.headers(headers).send(text);
}

/** @returns status and body; temporary errors are 429, which Okta retries */
function oauthErrorOf(error: unknown): { status: number; body: OAuthError } {
  const refusal = refusalToSend(error);
  const code = CODES[refusal.code] ?? 'invalid_request';
  const status = code === 'temporarily_unavailable' ? 429 : refusal.status;
  return { status, body: { error: code, error_description: refusal.detail } };
}
