import { createHash, randomBytes } from 'node:crypto';
import { type Received, type Reply } from './recording-server.js';

/** The registered client. */
export interface FakeClient {
  clientId: string;
  clientSecret: string;
  authentication: 'basic' | 'post';
  redirectUri: string;
}

interface Code {
  redirectUri: string;
  challenge: string | null;
  scope: string | null;
}

/** Authorization server of the fake Tidegate: one connection and client, a consent page, codes, rotated refresh tokens. */
export class FakeOAuth {
  /** Valid access tokens. */
  readonly accessTokens = new Set<string>();
  readonly #codes = new Map<string, Code>();
  readonly #refreshTokens = new Set<string>();
  readonly #waiting = new Map<string, URLSearchParams>();
  expiresIn = 3600;
  /** Parameters of the calls of the token endpoint, in order. */
  readonly tokenCalls: Record<string, string>[] = [];

  constructor(
    private readonly connectionId: string,
    private readonly client: () => FakeClient,
  ) {}

  /** @returns undefined for other paths */
  respond({ method, url, body, rawHeaders }: Received): Reply | undefined {
    const { pathname, searchParams } = new URL(url, 'http://x');
    switch (`${method} ${pathname}`) {
      case `GET /oauth/${this.connectionId}/authorize`:
        return this.#authorize(searchParams);
      case `POST /oauth/${this.connectionId}/consent`:
        return this.#consent(new URLSearchParams(body), rawHeaders);
      case `POST /oauth/${this.connectionId}/token`:
        return this.#token(new URLSearchParams(body), rawHeaders);
      default:
        return undefined;
    }
  }

  forgetRefreshTokens(): void {
    this.#refreshTokens.clear();
  }

  #authorize(asked: URLSearchParams): Reply {
    const { clientId, redirectUri } = this.client();
    if (asked.get('client_id') !== clientId) return page(400, 'unknown client');
    if (asked.get('redirect_uri') !== redirectUri) return page(400, 'redirect_uri is not registered');
    if (asked.get('response_type') !== 'code') return page(400, 'response_type must be code');
    const id = randomBytes(8).toString('hex');
    this.#waiting.set(id, asked);
    const form =
      `<form method="post" action="/oauth/${this.connectionId}/consent"><input type="hidden" name="id" value="${id}">` +
      '<button name="answer" value="allow">Allow</button><button name="answer" value="deny">Deny</button></form>';
    return page(200, `<h1>Acme Okta asks for access</h1>${form}`, {
      'Set-Cookie': `consent=${id}; HttpOnly; Path=/oauth`,
    });
  }

  #consent(sent: URLSearchParams, rawHeaders: string[]): Reply {
    const id = sent.get('id') ?? '';
    const asked = this.#waiting.get(id);
    if (!asked || !header(rawHeaders, 'cookie').includes(`consent=${id}`)) return page(400, 'unknown consent request');
    this.#waiting.delete(id);
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.searchParams.set('state', asked.get('state') ?? '');
    if (sent.get('answer') === 'allow') back.searchParams.set('code', this.#newCode(asked));
    else {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'the administrator said no');
    }
    return { status: 303, headers: { Location: back.href } };
  }

  #newCode(asked: URLSearchParams): string {
    const code = randomBytes(8).toString('hex');
    this.#codes.set(code, {
      redirectUri: asked.get('redirect_uri') ?? '',
      challenge: asked.get('code_challenge'),
      scope: asked.get('scope'),
    });
    return code;
  }

  #token(sent: URLSearchParams, rawHeaders: string[]): Reply {
    this.tokenCalls.push(Object.fromEntries(sent));
    if (!this.#isClient(sent, rawHeaders)) return failure(401, 'invalid_client', 'the client is not known');
    if (sent.get('grant_type') === 'refresh_token') {
      const known = this.#refreshTokens.delete(sent.get('refresh_token') ?? '');
      return known ? this.#issue(true) : failure(400, 'invalid_grant', 'the refresh token is not known');
    }
    const code = this.#codes.get(sent.get('code') ?? '');
    this.#codes.delete(sent.get('code') ?? '');
    if (!code || code.redirectUri !== sent.get('redirect_uri'))
      return failure(400, 'invalid_grant', 'the code is not known');
    const verifier = sent.get('code_verifier');
    const challenge = verifier && createHash('sha256').update(verifier).digest('base64url');
    if (code.challenge !== challenge) return failure(400, 'invalid_grant', 'the verifier does not fit');
    return this.#issue(code.scope?.split(' ').includes('offline_access') ?? false);
  }

  #isClient(sent: URLSearchParams, rawHeaders: string[]): boolean {
    const { clientId, clientSecret, authentication } = this.client();
    const authorization = header(rawHeaders, 'authorization');
    if (authentication === 'post') {
      return !authorization && sent.get('client_id') === clientId && sent.get('client_secret') === clientSecret;
    }
    const [id, secret] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':');
    return (
      !sent.has('client_secret') &&
      id === clientId &&
      new URLSearchParams(`secret=${secret}`).get('secret') === clientSecret
    );
  }

  #issue(withRefreshToken: boolean): Reply {
    const [access_token, refresh_token] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
    this.accessTokens.add(access_token);
    if (withRefreshToken) this.#refreshTokens.add(refresh_token);
    const body = {
      access_token,
      token_type: 'Bearer',
      expires_in: this.expiresIn,
      ...(withRefreshToken && { refresh_token }),
    };
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
  }
}

export function header(rawHeaders: string[], name: string): string {
  const at = rawHeaders.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === name);
  return at < 0 ? '' : (rawHeaders[at + 1] ?? '');
}

function page(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'Content-Type': 'text/html', ...headers }, body };
}

function failure(status: number, error: string, error_description: string): Reply {
  return { status, headers: { 'Content-Type': 'application/json' }, body: { error, error_description } };
}
