import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import * as oidc from 'openid-client';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config/config.js';
import { InvalidFields } from '../http/invalid-fields.error.js';
import { TtlCache } from '../limits/ttl.cache.js';
import { type LoginProvider } from './login-providers.queries.js';
import { checkUrl, ForbiddenAddress, outboundFetch } from './outbound.client.js';
import { STEP_UP_SECONDS } from '../callers/access.rule.js';
import { KeyedSemaphore } from '../limits/keyed-semaphore.limiter.js';

/** The state of a login until the redirect. */
export interface PendingLogin {
  state: string;
  nonce: string;
  codeVerifier: string;
  redirectUri: string;
  /** Whether a new authentication was requested. */
  again: boolean;
}

/** The result of a login. */
export interface AuthenticatedPerson {
  subject: string;
  /** Time of the authentication; undefined when the provider does not report it. */
  authenticatedAt: Date | undefined;
}

type Client = Pick<LoginProvider, 'issuer' | 'clientId'> & { clientSecret: string };

/** Allowed clock skew, in seconds. */
const CLOCK_TOLERANCE = 30;
const TIMEOUT_SECONDS = 10;
const METADATA_MS = 300_000;
/** Maximum number of concurrent requests to one provider, and to all. */
const MAX_PER_PROVIDER = 10;
const MAX_TOTAL = 50;
/** How long a request waits in the queue. */
const QUEUE_MS = 5_000;

/**
 * Logins by OpenID Connect: authorization code with PKCE, state and nonce (OpenID Connect Core §3.1, RFC 9700 §2.1). The
 * metadata of a provider is cached for minutes, but its keys only during a login, so that a key rotation does not fail.
 */
@Injectable()
export class OpenId {
  private readonly metadata = new TtlCache<oidc.ServerMetadata>(METADATA_MS, 100);
  private readonly fetch: oidc.CustomFetch;
  private readonly perProvider = new KeyedSemaphore(MAX_PER_PROVIDER);
  private readonly inAll = new KeyedSemaphore(MAX_TOTAL);

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'privateIssuers'>) {
    this.fetch = outboundFetch(config.privateIssuers);
  }

  /**
   * @param url entered by an administrator
   * @returns the issuer in the metadata at that URL
   * @throws InvalidFields for `issuer`; Refusal `deadline` after a timeout in the queue
   */
  async issuerAt(url: string): Promise<string> {
    try {
      const address = new URL(url);
      checkUrl(address, this.config.privateIssuers);
      if (address.search || address.hash) throw new ForbiddenAddress('must have no query and no fragment');
      const { issuer, authorization_endpoint: authorization, token_endpoint: token } = await this.discover(url);
      if (!authorization || !token)
        throw new ForbiddenAddress('has no authorization or token endpoint in its metadata');
      return issuer;
    } catch (error) {
      throw Refusal.from(error) ?? new InvalidFields({ issuer: issuerFault(error) });
    }
  }

  /** @returns the URL to redirect the browser to, and the state to keep @throws the errors of the discovery */
  async begin(client: Client, redirectUri: string, again: boolean): Promise<{ url: URL; pending: PendingLogin }> {
    const configuration = this.configure(client, await this.cachedMetadata(client.issuer));
    const pending = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      codeVerifier: oidc.randomPKCECodeVerifier(),
      redirectUri,
      again,
    };
    const url = oidc.buildAuthorizationUrl(configuration, {
      scope: 'openid',
      redirect_uri: redirectUri,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: 'S256',
      ...(again ? { prompt: 'login', max_age: String(STEP_UP_SECONDS) } : {}),
    });
    return { url, pending };
  }

  /**
   * Exchanges the code and validates the ID token: signature, issuer, audience, times, nonce and `at_hash`. Validates `iss`
   * of the authorization response before it sends the code; it is required if the metadata announces it (RFC 9207 §2.4).
   * @param query of the redirect
   * @throws the validation errors of openid-client; Refusal `deadline` after a timeout in the queue
   */
  async finish(client: Client, pending: PendingLogin, query: string): Promise<AuthenticatedPerson> {
    const configuration = this.configure(client, await this.cachedMetadata(client.issuer));
    const current = new URL(pending.redirectUri);
    current.search = query;
    const checks = {
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      pkceCodeVerifier: pending.codeVerifier,
      idTokenExpected: true,
      ...(pending.again ? { maxAge: STEP_UP_SECONDS } : {}),
    };
    const tokens = await this.limited(client.issuer, () => oidc.authorizationCodeGrant(configuration, current, checks));
    const claims = tokens.claims();
    if (!claims || !tokens.id_token) throw new Error('The response has no ID token.');
    if (claims.sub === '') throw new Error('The ID token has an empty subject.');
    if (claims['at_hash'] !== undefined && claims['at_hash'] !== atHash(tokens.id_token, tokens.access_token))
      throw new Error('The ID token belongs to another access token.');
    const { sub: subject, auth_time: time } = claims;
    return { subject, authenticatedAt: time === undefined ? undefined : new Date(time * 1000) };
  }

  private cachedMetadata(issuer: string): Promise<oidc.ServerMetadata> {
    return this.metadata.get(issuer, () => this.discover(issuer));
  }

  private async discover(issuer: string): Promise<oidc.ServerMetadata> {
    const url = new URL(issuer);
    const options = { [oidc.customFetch]: this.fetch, timeout: TIMEOUT_SECONDS, execute: this.insecure(url) };
    const configuration = await this.limited(issuer, () =>
      oidc.discovery(url, 'tidegate', undefined, undefined, options),
    );
    return configuration.serverMetadata();
  }

  /** Limits concurrent requests, because unauthenticated requests cause them. A slow provider does not delay others. */
  private limited<T>(issuer: string, work: () => Promise<T>): Promise<T> {
    const deadlineAt = Date.now() + QUEUE_MS;
    return this.perProvider.run(issuer, deadlineAt, () => this.inAll.run('all', deadlineAt, work));
  }

  private configure({ issuer, clientId, clientSecret }: Client, metadata: oidc.ServerMetadata): oidc.Configuration {
    const { token_endpoint_auth_methods_supported: methods } = metadata;
    const basic = methods === undefined || methods.includes('client_secret_basic');
    const authentication = basic ? oidc.ClientSecretBasic(clientSecret) : oidc.ClientSecretPost(clientSecret);
    const configuration = new oidc.Configuration(
      metadata,
      clientId,
      { [oidc.clockTolerance]: CLOCK_TOLERANCE },
      authentication,
    );
    configuration[oidc.customFetch] = this.fetch;
    configuration.timeout = TIMEOUT_SECONDS;
    oidc.enableNonRepudiationChecks(configuration);
    for (const allow of this.insecure(new URL(issuer))) allow(configuration);
    return configuration;
  }

  /** `outboundFetch` allows http on the loopback interface only. */
  private insecure({ protocol }: URL): ((configuration: oidc.Configuration) => void)[] {
    return protocol === 'http:' && this.config.privateIssuers ? [oidc.allowInsecureRequests] : [];
  }
}

/** @returns `at_hash`: the left half of the hash of the access token, by the algorithm of the ID token (Core §3.1.3.6) */
function atHash(idToken: string, accessToken: string): string {
  const [head = ''] = idToken.split('.');
  const { alg = '' } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg?: string };
  const digest = createHash(alg.endsWith('256') ? 'sha256' : alg.endsWith('384') ? 'sha384' : 'sha512');
  const hash = digest.update(accessToken).digest();
  return hash.subarray(0, hash.length / 2).toString('base64url');
}

/** @returns the message of the field `issuer` */
function issuerFault(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ForbiddenAddress) return cause.message;
  return error instanceof TypeError && !(error.cause instanceof Error)
    ? 'must be a URL'
    : 'does not serve OpenID Connect metadata at /.well-known/openid-configuration';
}
