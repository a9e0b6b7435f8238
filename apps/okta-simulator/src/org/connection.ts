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

/** Settings and tokens with which an app calls its server. */
export interface Credentials {
  settings: IntegrationSettings;
  tokens: OAuthTokens | undefined;
}

/** Time limit for the administrator's consent. */
const CONSENT_MS = 10 * 60_000;

/**
 * Connection of one app to its server. Entered settings and tokens of "Authenticate with …" are a draft until they are
 * saved; provisioning uses the saved ones.
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

  /** Sends a call with the saved settings. @throws ScimFailure, also if the access token can't be refreshed */
  send(method: Method, path: string, body?: JsonObject): Promise<JsonObject | undefined> {
    this.#client ??= this.#clientFor(this.#saved);
    return this.#client.send(method, path, body);
  }

  /** Changes the draft. An empty token keeps the current one. */
  edit(settings: IntegrationSettings): void {
    const token = settings.token || this.#draft.settings.token;
    // OAuth tokens belong to one connection id.
    const same = settings.connectionId === this.#draft.settings.connectionId;
    this.#draft = { settings: { ...settings, token }, tokens: same ? this.#draft.tokens : undefined };
  }

  /** "Authenticate with …". @returns the URL for the browser. @throws Refused if a setting is missing */
  authenticate(): string {
    if (this.entry.authentication !== 'oauth') throw new Refused('This app authenticates with a token.');
    const state = randomBytes(24).toString('base64url');
    const { url, verifier } = authorizationRequest(this.#oauth(this.#draft), state);
    this.#consent = { state, verifier, until: this.clock.now() + CONSENT_MS };
    return url;
  }

  /** @returns whether `authenticate` of this app issued this `state` and it has not expired */
  isAwaiting(state: string): boolean {
    return this.#consent?.state === state && this.clock.now() < this.#consent.until;
  }

  /** Handles the redirect back (RFC 6749 §4.1.2); each `state` is valid once. @throws Refused, OAuthFailure */
  async completeAuthentication(state: string, parameters: URLSearchParams): Promise<void> {
    const consent = this.#consent;
    if (!consent || !this.isAwaiting(state))
      throw new Refused('This authentication was not started here, or it has expired. Start it again.');
    this.#consent = undefined;
    const error = [parameters.get('error'), parameters.get('error_description')].filter(Boolean).join(': ');
    if (error) throw new OAuthFailure(undefined, error);
    const code = parameters.get('code');
    if (!code) throw new OAuthFailure(undefined, 'the authorization server sent no code');
    const draft = this.#draft;
    const tokens = await exchangeCode(this.#oauth(draft), code, consent.verifier, this.clock.now());
    this.#draft = { ...this.#draft, tokens };
  }

  /** "Test API Credentials" with the draft. @throws Refused if a setting is missing; ScimFailure */
  async test(): Promise<void> {
    const client = this.#clientFor(this.#draft);
    try {
      await testConnection(client);
    } finally {
      client.close();
    }
  }

  /** Saves the draft. An enabled integration is tested first. @throws like `test`; then nothing is saved */
  async save(): Promise<void> {
    if (this.#draft.settings.enabled) await this.test();
    this.#saved = this.#draft;
    this.reset();
  }

  /** Restores stored credentials. */
  restore(saved: Credentials): void {
    this.#saved = this.#draft = saved;
  }

  /** After a change of settings: the next task creates a new client; running tasks keep theirs. */
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
    // Like Okta: refresh only when an operation needs an expired access token.
    const expired = tokens.expiresAt !== undefined && tokens.expiresAt <= this.clock.now();
    return expired && tokens.refreshToken ? this.#refresh(settings, tokens, tokens.refreshToken) : tokens.accessToken;
  }

  /** Runs one refresh at a time. Updates the token object in place, since draft and saved may share it. */
  #refresh(settings: IntegrationSettings, tokens: OAuthTokens, refreshToken: string): Promise<string> {
    const pending = this.#refreshing.get(tokens);
    if (pending) return pending;
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
