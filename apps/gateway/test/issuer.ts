import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

export const CLIENT = { clientId: 'tidegate', clientSecret: 'a-secret-of-the-client' };

type Claims = Record<string, unknown>;
interface Code {
  subject: string;
  nonce: string;
  challenge: string;
  redirectUri: string;
}

/**
 * An OpenID Connect issuer on the loopback interface. It validates its client like a real one (secret, redirect
 * URI, code once, PKCE), and returns wrong values where a test sets them.
 */
export class Issuer {
  /** Changes the claims of the next ID tokens. */
  lie: (claims: Claims) => Claims = (claims) => claims;
  /** Changes the ID token after it was signed. */
  forge: (idToken: string) => string = (idToken) => idToken;
  /** Changes the discovery document. */
  pretend: (metadata: Claims) => Claims = (metadata) => metadata;
  /** Whether its responses contain `iss` and its metadata announces that (RFC 9207). */
  sendsIss = true;
  /** The allowed redirect URI; any when undefined. */
  redirectUris: string[] | undefined;
  /** Token requests wait for it. */
  gate: Promise<void> = Promise.resolve();
  /** Number of requests by path. */
  readonly asked: string[] = [];
  /** The codes received by the token endpoint. */
  readonly received: string[] = [];
  private key = newKey();
  private readonly codes = new Map<string, Code>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Issuer> {
    const server = createServer();
    const issuer = new Issuer(server);
    server.on('request', (request, response) => {
      issuer.answer(request).then(
        ({ status, body }) => {
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        },
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Logs a person in. @returns the query of the redirect @throws for an unknown redirect URI */
  login(authorization: URL, subject: string): URLSearchParams {
    const asked = authorization.searchParams;
    if (this.redirectUris?.includes(asked.get('redirect_uri')!) === false) throw new Error('redirect_uri is unknown');
    const code = randomUUID();
    this.codes.set(code, {
      subject,
      nonce: asked.get('nonce')!,
      challenge: asked.get('code_challenge')!,
      redirectUri: asked.get('redirect_uri')!,
    });
    return new URLSearchParams({ code, state: asked.get('state')!, ...(this.sendsIss ? { iss: this.url } : {}) });
  }

  /** Rotates the key: signs with a new one and publishes only that. */
  rotateKeys(): void {
    this.key = newKey();
  }

  close(): Promise<void> {
    return new Promise((closed) => {
      this.server.close(() => closed());
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const path = request.url ?? '';
    this.asked.push(path);
    if (path === '/.well-known/openid-configuration') return { status: 200, body: this.pretend(this.metadata()) };
    if (path === '/keys') {
      const jwk = this.key.publicKey.export({ format: 'jwk' });
      return { status: 200, body: { keys: [{ ...jwk, kid: this.key.kid, use: 'sig', alg: 'RS256' }] } };
    }
    if (path === '/token') {
      const form = await bodyOf(request);
      this.received.push(form.get('code') ?? '');
      await this.gate;
      return this.exchange(request.headers.authorization, form);
    }
    return { status: 404, body: {} };
  }

  private metadata(): Claims {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      ...(this.sendsIss ? { authorization_response_iss_parameter_supported: true } : {}),
    };
  }

  private exchange(authorization: string | undefined, form: URLSearchParams): { status: number; body: unknown } {
    // Both parts are form-encoded before they are joined (RFC 6749 §2.3.1).
    const basic = Buffer.from(authorization?.replace(/^Basic /, '') ?? '', 'base64').toString();
    if (decodeURIComponent(basic) !== `${CLIENT.clientId}:${CLIENT.clientSecret}`)
      return { status: 401, body: { error: 'invalid_client' } };
    const code = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const verified = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!code || code.challenge !== verified || code.redirectUri !== form.get('redirect_uri'))
      return { status: 400, body: { error: 'invalid_grant' } };
    const accessToken = randomUUID();
    const now = Math.floor(Date.now() / 1000);
    const claims = this.lie({
      iss: this.url,
      sub: code.subject,
      aud: CLIENT.clientId,
      nonce: code.nonce,
      iat: now,
      exp: now + 60,
      auth_time: now,
      at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
    });
    const idToken = this.forge(signed(claims, this.key));
    return {
      status: 200,
      body: { access_token: accessToken, token_type: 'Bearer', expires_in: 60, id_token: idToken },
    };
  }
}

interface SigningKey {
  kid: string;
  publicKey: KeyObject;
  privateKey: KeyObject;
}

const newKey = (): SigningKey => ({ kid: randomUUID(), ...generateKeyPairSync('rsa', { modulusLength: 2048 }) });

function signed(claims: Claims, { kid, privateKey }: SigningKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ alg: 'RS256', kid })}.${part(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}
