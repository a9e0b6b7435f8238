import { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Refusal } from '@tidegate/contracts';
import { type FastifyRequest } from 'fastify';
import { SCOPES } from './provider.js';

/** Maximum length of a parameter. `state` is stored until the consent and returned unchanged. */
const MAX_LENGTH = 4_096;

/** The parameters of each endpoint. Unknown ones are ignored (RFC 6749 §3.1, §3.2). */
const PARAMETERS = {
  // RFC 6749 §4.1.1, RFC 7636 §4.3
  '/authorize': ['response_type', 'client_id', 'redirect_uri', 'state', 'code_challenge', 'code_challenge_method'],
  // RFC 6749 §4.1.3, §4.4.2, §6, RFC 7636 §4.5
  '/token': ['grant_type', 'client_id', 'client_secret', 'code', 'redirect_uri', 'code_verifier', 'refresh_token'],
  // RFC 7009 §2.1
  '/revoke': ['client_id', 'client_secret', 'token', 'token_type_hint'],
} as const;
export type Endpoint = keyof typeof PARAMETERS;

const HEADERS = ['authorization', 'accept', 'cookie'] as const;

/**
 * Creates the request for `oidc-provider` with the public URL, and only known headers and parameters. Replaces the requested
 * scope by the only one, which the response states (RFC 6749 §3.3).
 * @throws Refusal `invalidSyntax` when a parameter is too long; `unsupportedType` when the body is not a form
 */
export function protocolRequest(request: FastifyRequest, issuer: string, endpoint: Endpoint): IncomingMessage {
  const query = endpoint === '/authorize';
  if (!query && !(request.body instanceof URLSearchParams))
    throw new Refusal('unsupportedType', 'Send the body as application/x-www-form-urlencoded.');
  const given = query ? new URLSearchParams(queryOf(request.url)) : (request.body as URLSearchParams);
  const parameters = knownParameters(given, PARAMETERS[endpoint]);
  if (query) {
    parameters.append('scope', SCOPES.join(' '));
    // Required for refresh tokens (OpenID Connect Core §11).
    parameters.append('prompt', 'consent');
    return providerRequest(request, issuer, `${endpoint}?${parameters.toString()}`);
  }
  if (given.get('grant_type') === 'client_credentials') parameters.append('scope', SCOPES[0]!);
  return providerRequest(request, issuer, endpoint, parameters.toString());
}

const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');

function knownParameters(given: URLSearchParams, names: readonly string[]): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of given) {
    if (!names.includes(name)) continue;
    if (value.length > MAX_LENGTH)
      throw new Refusal('invalidSyntax', `${name} can have at most ${MAX_LENGTH} characters.`);
    parameters.append(name, value);
  }
  return parameters;
}

/** Creates a request for `oidc-provider`. @param url below the issuer @param body a form */
export function providerRequest(
  { headers, method, raw }: FastifyRequest,
  issuer: string,
  url: string,
  body?: string,
): IncomingMessage {
  const { protocol, host, pathname } = new URL(issuer);
  const passed = HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]));
  const form = body === undefined ? undefined : Buffer.from(body);
  return Object.assign(Readable.from(form ? [form] : []), {
    method,
    url,
    baseUrl: pathname,
    socket: raw.socket,
    headers: {
      ...Object.fromEntries(passed),
      host,
      'x-forwarded-proto': protocol.slice(0, -1),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(form.length) } : {}),
    },
  }) as unknown as IncomingMessage;
}
