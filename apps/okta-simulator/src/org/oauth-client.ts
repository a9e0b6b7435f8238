import { createHash, randomBytes } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';

/** Endpoints of the authorization server, and the client registration. */
export interface OAuthSettings {
  authorizeUrl: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  clientAuthentication: 'basic' | 'post';
  pkce: boolean;
  scopes: string;
  redirectUri: string;
}

export interface OAuthTokens {
  accessToken: string;
  refreshToken: string | undefined;
  /** Milliseconds since 1970; undefined if the server did not send `expires_in`. */
  expiresAt: number | undefined;
}

/** The authorization server refused the request, or sent an invalid response. */
export class OAuthFailure extends Error {
  constructor(
    /** HTTP status; undefined without a response, or if the refusal came by redirect. */
    readonly status: number | undefined,
    message: string,
  ) {
    super(message);
    this.name = 'OAuthFailure';
  }
}

/**
 * @returns the URL for the administrator's browser (RFC 6749 §4.1.1), and the PKCE verifier (RFC 7636) if the app uses
 * PKCE
 */
export function authorizationRequest(settings: OAuthSettings, state: string): { url: string; verifier?: string } {
  const url = new URL(settings.authorizeUrl);
  const { clientId: client_id, redirectUri: redirect_uri } = settings;
  const parameters = { response_type: 'code', client_id, redirect_uri, state };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (settings.scopes) url.searchParams.set('scope', settings.scopes);
  if (!settings.pkce) return { url: url.href };
  const verifier = randomBytes(32).toString('base64url');
  url.searchParams.set('code_challenge', createHash('sha256').update(verifier).digest('base64url'));
  url.searchParams.set('code_challenge_method', 'S256');
  return { url: url.href, verifier };
}

/** Exchanges the code for tokens (RFC 6749 §4.1.3). @throws OAuthFailure */
export function exchangeCode(
  settings: OAuthSettings,
  code: string,
  verifier: string | undefined,
  now: number,
): Promise<OAuthTokens> {
  const grant = { grant_type: 'authorization_code', code, redirect_uri: settings.redirectUri };
  return requestTokens(settings, { ...grant, ...(verifier && { code_verifier: verifier }) }, now);
}

/** Refreshes the tokens (RFC 6749 §6); the server may rotate the refresh token. @throws OAuthFailure */
export async function refreshTokens(settings: OAuthSettings, refreshToken: string, now: number): Promise<OAuthTokens> {
  const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const tokens = await requestTokens(settings, grant, now);
  return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
}

async function requestTokens(
  settings: OAuthSettings,
  grant: Record<string, string>,
  now: number,
): Promise<OAuthTokens> {
  const { status, body } = await post(settings, grant);
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : undefined);
  if (status !== 200) {
    const reason = [text('error'), text('error_description')].filter(Boolean).join(': ');
    throw new OAuthFailure(status, reason || 'the token endpoint sent no error');
  }
  const accessToken = text('access_token');
  if (accessToken === undefined) throw new OAuthFailure(status, 'the token endpoint sent no access_token');
  const lifetime = body['expires_in'];
  const expiresAt = typeof lifetime === 'number' ? now + lifetime * 1000 : undefined;
  return { accessToken, refreshToken: text('refresh_token'), expiresAt };
}

async function post(
  settings: OAuthSettings,
  grant: Record<string, string>,
): Promise<{ status: number; body: JsonObject }> {
  const { clientId, clientSecret, clientAuthentication } = settings;
  const basic = clientAuthentication === 'basic';
  const credentials = { client_id: clientId, client_secret: clientSecret };
  try {
    const response = await fetch(settings.tokenUrl, {
      method: 'POST',
      headers: {
        Accept: 'application/json',
        ...(basic && { Authorization: `Basic ${basicCredentials(clientId, clientSecret)}` }),
      },
      body: new URLSearchParams({ ...grant, ...(!basic && credentials) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    return { status: response.status, body: parseObject(text) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new OAuthFailure(undefined, cause instanceof Error ? cause.message : String(cause));
  }
}

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  return Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64');
}

function parseObject(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
