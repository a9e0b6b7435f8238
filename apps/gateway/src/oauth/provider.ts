import { type EventEmitter } from 'node:events';
import { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { RETRY_AFTER_SECONDS } from '../http/errors.js';
import { type SecretPrefix } from '../http/bearer.rule.js';
import { clientMetadata } from './client-metadata.js';
import { type OAuthClients } from './oauth-clients.service.js';
import { errorPage } from './consent.pages.js';
import { oauthFault } from './oauth-fault.js';
import { GRANT_REVOKED, StateAdapter, type StateDependencies } from './state.adapter.js';
import Provider, { type errors, interactionPolicy } from 'oidc-provider';

export interface ProviderDependencies extends StateDependencies {
  clients: OAuthClients;
}

/** Full access, and refresh tokens (OpenID Connect Core §11). */
export const SCOPES = ['scim', 'offline_access'];
export const ACCESS_TOKEN_SECONDS = 3_600;
const CODE_SECONDS = 60;
/** Timeout of the login and the decision of the administrator. */
const INTERACTION_SECONDS = 15 * 60;
/** From the last refresh. Okta refreshes only when it has changes, which may take months. */
const REFRESH_TOKEN_SECONDS = 400 * 86_400;

/**
 * Creates the authorization server of one integration for one request. Its state is in the database, bound to the
 * integration, so any gateway can handle the next request.
 * @param issuer ends with `/oauth/<integration>`
 */
export function createProvider(issuer: string, integrationId: string, parts: ProviderDependencies): Provider {
  const provider = new Provider(issuer, configuration(issuer, integrationId, parts));
  // `provider-request.ts` sets the forwarded headers.
  provider.proxy = true;
  const { Client, AccessToken, ClientCredentials, RefreshToken } = provider;
  Client.prototype.compareClientSecret = async (secret) => {
    try {
      return await parts.clients.isSecret(integrationId, secret);
    } catch (error) {
      throw oauthFault(error);
    }
  };
  setPrefix('tga_', AccessToken.prototype);
  setPrefix('tga_', ClientCredentials.prototype);
  setPrefix('tgr_', RefreshToken.prototype);
  logFaults(provider, integrationId, parts);
  return provider;
}

/** Adds a prefix for secret scanners to generated tokens. */
function setPrefix(prefix: SecretPrefix, prototype: object): void {
  const token = prototype as { generateTokenId: (this: object) => string };
  const generate = token.generateTokenId;
  token.generateTokenId = function () {
    return prefix + generate.call(this);
  };
}

function configuration(issuer: string, integrationId: string, parts: ProviderDependencies): Configuration {
  const { pathname } = new URL(issuer);
  const never = () => false;
  return {
    adapter: (model) =>
      model === 'Client' ? clientMetadata(integrationId, parts.clients) : new StateAdapter(model, integrationId, parts),
    // Access tokens are opaque, so that they can be revoked, and there are no ID tokens, so nothing is signed. `oidc-provider`
    // still requires an algorithm of clients; HS256 requires no key.
    jwks: { keys: [] },
    enabledJWA: { idTokenSigningAlgValues: ['HS256'] },
    clientDefaults: { id_token_signed_response_alg: 'HS256' },
    scopes: SCOPES,
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    formats: { bitsOfOpaqueRandomness: 256 },
    pkce: { required: never },
    routes: { authorization: '/authorize', token: '/token', revocation: '/revoke' },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
    },
    cookies: {
      keys: [parts.secrets.hash('oauth keys', `cookies ${integrationId}`).toString('base64url')],
      names: { session: 'tidegate_oauth', interaction: 'tidegate_oauth_consent', resume: 'tidegate_oauth_resume' },
      long: { httpOnly: true, sameSite: 'lax', signed: true, path: pathname },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: CODE_SECONDS,
      // Extended with each refresh token.
      Grant: INTERACTION_SECONDS,
      Interaction: INTERACTION_SECONDS,
      RefreshToken: REFRESH_TOKEN_SECONDS,
      Session: INTERACTION_SECONDS,
    },
    interactions: { policy: [askEveryTime()], url: (_, { uid }) => `${pathname}/interaction/${uid}` },
    // The account is the integration, so that a grant does not depend on the administrator who approved it.
    findAccount: (_, accountId) =>
      accountId === integrationId ? { accountId, claims: () => ({ sub: accountId }) } : undefined,
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: never,
    revokeGrantPolicy: () => true,
    renderError,
  };
}

/** Requires a consent for every authorization, even in the same browser. */
function askEveryTime(): interactionPolicy.Prompt {
  const approved = ({ oidc }: KoaContextWithOIDC) => oidc.result?.consent !== undefined;
  return new interactionPolicy.Prompt(
    { name: 'consent', requestable: true },
    new interactionPolicy.Check(
      'approval',
      'an administrator must approve',
      'consent_required',
      (ctx) => !approved(ctx),
    ),
  );
}

/** Sends a page at endpoints for browsers, JSON at the others, independent of Accept (RFC 6749 §5.2). */
const renderError: Configuration['renderError'] = (ctx, out) => {
  if (ctx.oidc.route !== 'authorization' && ctx.oidc.route !== 'resume') {
    ctx.body = out;
    return;
  }
  const { text, headers } = errorPage(ERROR_MESSAGES[out.error] ?? out.error_description ?? out.error);
  ctx.set(headers);
  ctx.body = text;
};

const ERROR_MESSAGES: Readonly<Record<string, string>> = {
  invalid_client:
    'The client ID is not that of the OAuth client of this integration. Check the client ID in the Okta app.',
  invalid_redirect_uri:
    'The redirect URI is not registered for this integration. Check the name of the Okta app in the OAuth client.',
  server_error: 'Tidegate had an internal error.',
};

function logFaults(provider: Provider, integrationId: string, { logger }: ProviderDependencies): void {
  const logFailure = (err: unknown) => logger.error({ err, integrationId }, 'OAuth request failed');
  provider.on('server_error', (_, err) => logFailure(err));
  (provider as EventEmitter).on('error', logFailure);
  const setRetryAfter = (ctx: KoaContextWithOIDC, { status }: errors.OIDCProviderError) => {
    if (status === 429) ctx.set('retry-after', String(RETRY_AFTER_SECONDS));
  };
  for (const event of ['authorization.error', 'grant.error', 'revocation.error'] as const)
    (provider as EventEmitter).on(event, setRetryAfter);
  provider.on('grant.revoked', (ctx) => {
    if (ctx.oidc.route === 'token') logger.error({ integrationId }, GRANT_REVOKED);
    else logger.info({ integrationId }, 'OAuth grant revoked by its client');
  });
}
