import { randomBytes } from 'node:crypto';
import { testConnection } from '../app.js';
import { type Clock } from '../clock.js';
import { type JsonObject } from '../json.js';
import { type Method, type Scim, ScimClient, ScimFailure } from '../scim-client.js';
import { type CatalogEntry } from './catalog.js';
import { authorizationRequest, exchangeCode, OAuthFailure, type OAuthTokens, refreshTokens } from './oauth-client.js';
import { Refused } from './refused.js';
import {
  type GeneralSettings,
  type IntegrationSettings,
  NO_INTEGRATION,
  oauthSettings,
  scimBaseUrl,
} from './settings.js';

/** What one app reaches its server with. */
export interface Credentials {
  settings: IntegrationSettings;
  tokens: OAuthTokens | undefined;
}

/** How long an administrator may take for consent. */
const CONSENT_MS = 10 * 60_000;

/**
 * How one app reaches its server. What the administrator enters, and what "Authenticate with …" brought, is a draft until
 * it is saved: till then provisioning goes on with what was saved before.
 */
export class Connection implements Scim {
  #saved: Credentials = { settings: NO_INTEGRATION, tokens: undefined };
  #draft: Credentials = this.#saved;
  #client: ScimClient | undefined;
  readonly #refreshing = new WeakMap<OAuthTokens, Promise<string>>();
  #consent: { state: string; verifier: string | undefined; until: number } | undefined;

  constructor(
    private readonly entry: CatalogEntry,
    private readonly general: () => GeneralSettings,
    private readonly clock: Clock,
    private readonly pause: (seconds: number) => Promise<unknown>,
    private readonly timeoutSeconds: number,
  ) {}

  get saved(): Readonly<Credentials> {
    return this.#saved;
  }

  get draft(): Readonly<Credentials> {
    return this.#draft;
  }

  /** One call of a task, with the saved settings. @throws ScimFailure, also when the access token could not be refreshed */
  send(method: Method, path: string, body?: JsonObject): Promise<JsonObject | undefined> {
    this.#client ??= this.#clientFor(this.#saved);
    return this.#client.send(method, path, body);
  }

  /** Fills in the form. A token that is left empty stays the one that is known. */
  edit(settings: IntegrationSettings): void {
    const token = settings.token || this.#draft.settings.token;
    // Tokens are of one connection: another id, and they are another's.
    const same = settings.connectionId === this.#draft.settings.connectionId;
    this.#draft = { settings: { ...settings, token }, tokens: same ? this.#draft.tokens : undefined };
  }

  /** "Authenticate with …". @returns where the browser goes. @throws Refused when a setting is missing */
  authenticate(): string {
    if (this.entry.authentication !== 'oauth') throw new Refused('This app authenticates with a token.');
    const state = randomBytes(24).toString('base64url');
    const { url, verifier } = authorizationRequest(this.#oauth(this.#draft), state);
    this.#consent = { state, verifier, until: this.clock.now() + CONSENT_MS };
    return url;
  }

  /** @returns whether the browser that comes back with this `state` was sent by `authenticate`, of this app */
  awaits(state: string): boolean {
    return this.#consent?.state === state && this.clock.now() < this.#consent.until;
  }

  /** The browser is back (RFC 6749 §4.1.2), and its `state` counts once. @throws Refused, OAuthFailure */
  async authenticated(state: string, answer: URLSearchParams): Promise<void> {
    const consent = this.#consent;
    if (!consent || !this.awaits(state)) throw new Refused('Nobody began this authentication, or it took too long.');
    this.#consent = undefined;
    const error = [answer.get('error'), answer.get('error_description')].filter(Boolean).join(': ');
    if (error) throw new OAuthFailure(undefined, error);
    const code = answer.get('code');
    if (!code) throw new OAuthFailure(undefined, 'the authorization server sent no code');
    const draft = this.#draft;
    const tokens = await exchangeCode(this.#oauth(draft), code, consent.verifier, this.clock.now());
    this.#draft = { ...this.#draft, tokens };
  }

  /** "Test API Credentials" with what is in the form. @throws Refused when a setting is missing; ScimFailure */
  async test(): Promise<void> {
    const client = this.#clientFor(this.#draft);
    try {
      await testConnection(client);
    } finally {
      client.close();
    }
  }

  /** Save: with the integration enabled it is tested first, and a failure saves nothing. @throws as `test` does */
  async save(): Promise<void> {
    if (this.#draft.settings.enabled) await this.test();
    this.#saved = this.#draft;
    this.reset();
  }

  /** Takes up what a file held. */
  restore(saved: Credentials): void {
    this.#saved = this.#draft = saved;
  }

  /** The settings changed: the next task uses a client made anew; those under way end with theirs. */
  reset(): void {
    this.#client = undefined;
  }

  close(): void {
    this.#client?.close();
  }

  #clientFor(credentials: Credentials): ScimClient {
    return new ScimClient({
      baseUrl: scimBaseUrl(this.entry, this.general(), credentials.settings),
      token: () => this.#token(credentials),
      authentication: this.entry.authentication === 'header' ? 'bare' : 'bearer',
      wait: this.pause,
      timeoutSeconds: this.timeoutSeconds,
    });
  }

  async #token({ settings, tokens }: Credentials): Promise<string> {
    if (this.entry.authentication !== 'oauth') {
      if (!settings.token) throw new ScimFailure(undefined, 'no token was entered');
      return settings.token;
    }
    if (!tokens) throw new ScimFailure(undefined, 'not authenticated: use the button "Authenticate with …" first');
    // Okta refreshes when an operation finds the access token expired, never in between.
    const expired = tokens.expiresAt !== undefined && tokens.expiresAt <= this.clock.now();
    return expired && tokens.refreshToken ? this.#refresh(settings, tokens, tokens.refreshToken) : tokens.accessToken;
  }

  /** One refresh at a time; the object is kept, since draft and saved may share it. */
  #refresh(settings: IntegrationSettings, tokens: OAuthTokens, refreshToken: string): Promise<string> {
    const underWay = this.#refreshing.get(tokens);
    if (underWay) return underWay;
    const refreshed = refreshTokens(this.#oauth({ settings, tokens }), refreshToken, this.clock.now())
      .then((fresh) => Object.assign(tokens, fresh).accessToken)
      .catch((error: unknown) => {
        if (!(error instanceof OAuthFailure)) throw error;
        throw new ScimFailure(error.status, `the access token could not be refreshed: ${error.message}`);
      })
      .finally(() => this.#refreshing.delete(tokens));
    this.#refreshing.set(tokens, refreshed);
    return refreshed;
  }

  #oauth({ settings }: Credentials) {
    return oauthSettings(this.entry, this.general(), settings);
  }
}
