import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import * as oidc from 'openid-client';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { BriefCache } from '../auth/brief-cache.js';
import { type LoginProvider } from './login-providers.queries.js';
import { checkUrl, ForbiddenAddress, outboundFetch } from './outbound.js';
import { STEP_UP_SECONDS } from '../auth/access.rule.js';
import { KeyedSemaphore } from '../keyed-semaphore.js';

/** What a login that is under way must remember until the browser comes back. */
export interface LoginUnderWay {
  state: string;
  nonce: string;
  codeVerifier: string;
  redirectUri: string;
  /** Whether the person was asked to prove anew who it is. */
  again: boolean;
}

/** Who came back. */
export interface Vouched {
  subject: string;
  /** When the provider saw that person prove it; undefined when it does not say. */
  authenticatedAt: Date | undefined;
}

type Client = Pick<LoginProvider, 'issuer' | 'clientId'> & { clientSecret: string };

/** Seconds by which clocks may differ. */
const TOLERANCE = 30;
const TIMEOUT_SECONDS = 10;
const METADATA_MS = 300_000;
/** How many requests may be under way to one provider, and to all of them. */
const MOST_PER_PROVIDER = 10;
const MOST_IN_ALL = 50;
/** How long a login waits until fewer are under way. */
const LINE_MS = 5_000;

/**
 * Logins by OpenID Connect: authorization code with PKCE, state and nonce (OpenID Connect Core §3.1, RFC 9700 §2.1). The
 * provider's description is kept for minutes and its keys for no longer than a login, so that a change of keys is no fault.
 */
@Injectable()
export class OpenId {
  private readonly descriptions = new BriefCache<oidc.ServerMetadata>(METADATA_MS, 100);
  private readonly fetch: oidc.CustomFetch;
  private readonly perProvider = new KeyedSemaphore(MOST_PER_PROVIDER);
  private readonly inAll = new KeyedSemaphore(MOST_IN_ALL);

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'privateIssuers'>) {
    this.fetch = outboundFetch(config.privateIssuers);
  }

  /**
   * @param url as an administrator typed it
   * @returns what the issuer there calls itself
   * @throws InvalidFields on `issuer`, saying why it is none; Refusal `deadline` when too many requests are under way
   */
  async issuerAt(url: string): Promise<string> {
    try {
      const address = new URL(url);
      checkUrl(address, this.config.privateIssuers);
      if (address.search || address.hash) throw new ForbiddenAddress('must have no query and no fragment');
      const { issuer, authorization_endpoint: gateway, token_endpoint: counter } = await this.describe(url);
      if (!gateway || !counter) throw new ForbiddenAddress('does not tell where logins and tokens are had');
      return issuer;
    } catch (error) {
      throw Refusal.from(error) ?? new InvalidFields({ issuer: whyNoIssuer(error) });
    }
  }

  /** @returns where to send the browser, and what to remember meanwhile */
  async begin(client: Client, redirectUri: string, again: boolean): Promise<{ url: URL; underWay: LoginUnderWay }> {
    const configuration = this.configure(client, await this.described(client.issuer));
    const underWay = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      codeVerifier: oidc.randomPKCECodeVerifier(),
      redirectUri,
      again,
    };
    const url = oidc.buildAuthorizationUrl(configuration, {
      scope: 'openid',
      redirect_uri: redirectUri,
      state: underWay.state,
      nonce: underWay.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(underWay.codeVerifier),
      code_challenge_method: 'S256',
      ...(again ? { prompt: 'login', max_age: String(STEP_UP_SECONDS) } : {}),
    });
    return { url, underWay };
  }

  /**
   * Takes the code that the browser brought to the provider and checks what comes for it: signature, issuer, audience,
   * times, nonce, and that the ID token belongs to the access token. The `iss` of the answer is checked before the code is
   * sent: it must be the issuer where it is given, and be given where the provider promises it (RFC 9207 §2.4).
   * @param query of the address that the browser came back to
   * @throws whatever openid-client finds wrong; Refusal `deadline` when too many requests are under way
   */
  async finish(client: Client, underWay: LoginUnderWay, query: string): Promise<Vouched> {
    const configuration = this.configure(client, await this.described(client.issuer));
    const current = new URL(underWay.redirectUri);
    current.search = query;
    const checks = {
      expectedState: underWay.state,
      expectedNonce: underWay.nonce,
      pkceCodeVerifier: underWay.codeVerifier,
      idTokenExpected: true,
      ...(underWay.again ? { maxAge: STEP_UP_SECONDS } : {}),
    };
    const tokens = await this.inTurn(client.issuer, () => oidc.authorizationCodeGrant(configuration, current, checks));
    const claims = tokens.claims();
    if (!claims || !tokens.id_token) throw new Error('There is no ID token.');
    if (claims.sub === '') throw new Error('The ID token names nobody.');
    if (claims['at_hash'] !== undefined && claims['at_hash'] !== atHash(tokens.id_token, tokens.access_token))
      throw new Error('The ID token belongs to another access token.');
    const { sub: subject, auth_time: time } = claims;
    return { subject, authenticatedAt: time === undefined ? undefined : new Date(time * 1000) };
  }

  private described(issuer: string): Promise<oidc.ServerMetadata> {
    return this.descriptions.get(issuer, () => this.describe(issuer));
  }

  private async describe(issuer: string): Promise<oidc.ServerMetadata> {
    const url = new URL(issuer);
    const options = { [oidc.customFetch]: this.fetch, timeout: TIMEOUT_SECONDS, execute: this.insecure(url) };
    const found = await this.inTurn(issuer, () => oidc.discovery(url, 'tidegate', undefined, undefined, options));
    return found.serverMetadata();
  }

  /** Strangers cause these requests, so their number at once is limited, and a slow provider delays no other. */
  private inTurn<T>(issuer: string, work: () => Promise<T>): Promise<T> {
    const deadlineAt = Date.now() + LINE_MS;
    return this.perProvider.run(issuer, deadlineAt, () => this.inAll.run('all', deadlineAt, work));
  }

  private configure({ issuer, clientId, clientSecret }: Client, metadata: oidc.ServerMetadata): oidc.Configuration {
    const { token_endpoint_auth_methods_supported: methods } = metadata;
    const basic = methods === undefined || methods.includes('client_secret_basic');
    const authentication = basic ? oidc.ClientSecretBasic(clientSecret) : oidc.ClientSecretPost(clientSecret);
    const configuration = new oidc.Configuration(
      metadata,
      clientId,
      { [oidc.clockTolerance]: TOLERANCE },
      authentication,
    );
    configuration[oidc.customFetch] = this.fetch;
    configuration.timeout = TIMEOUT_SECONDS;
    oidc.enableNonRepudiationChecks(configuration);
    for (const allow of this.insecure(new URL(issuer))) allow(configuration);
    return configuration;
  }

  /** `outboundFetch` still sees to it that nothing but this very machine is asked without https. */
  private insecure({ protocol }: URL): ((configuration: oidc.Configuration) => void)[] {
    return protocol === 'http:' && this.config.privateIssuers ? [oidc.allowInsecureRequests] : [];
  }
}

/** What `at_hash` must be: the left half of the access token's hash, by the ID token's algorithm (Core §3.1.3.6). */
function atHash(idToken: string, accessToken: string): string {
  const [head = ''] = idToken.split('.');
  const { alg = '' } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg?: string };
  const digest = createHash(alg.endsWith('256') ? 'sha256' : alg.endsWith('384') ? 'sha384' : 'sha512');
  const hash = digest.update(accessToken).digest();
  return hash.subarray(0, hash.length / 2).toString('base64url');
}

/** A sentence that follows the field's name. */
function whyNoIssuer(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ForbiddenAddress) return cause.message;
  return error instanceof TypeError && !(error.cause instanceof Error)
    ? 'must be a URL'
    : 'does not answer as an OpenID Connect issuer at /.well-known/openid-configuration';
}
