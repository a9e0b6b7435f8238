import { type EventEmitter } from 'node:events';
import { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { RETRY_AFTER_SECONDS } from '../http/errors.js';
import { type SecretPrefix } from '../auth/bearer.rule.js';
import { clientMetadata } from './client-metadata.js';
import { type OAuthClients } from './oauth-clients.service.js';
import { errorPage } from './consent.pages.js';
import { oauthFault } from './oauth-fault.js';
import { GRANT_ENDED, StateAdapter, type StateParts } from './state-adapter.js';
import Provider, { type errors, interactionPolicy } from 'oidc-provider';

export interface ProviderParts extends StateParts {
  clients: OAuthClients;
}

/** One scope for all there is, and that tokens may be refreshed (OpenID Connect Core §11). */
export const SCOPES = ['scim', 'offline_access'];
export const ACCESS_TOKEN_SECONDS = 3_600;
const CODE_SECONDS = 60;
/** For the administrator to log in and to decide. */
const INTERACTION_SECONDS = 15 * 60;
/** Okta refreshes only when it has something to do, which may be months from now; each refresh counts anew. */
const REFRESH_TOKEN_SECONDS = 400 * 86_400;

/**
 * The authorization server of one integration, for one request. It keeps nothing: whatever it remembers is in the
 * database, bound to the integration, so that any gateway may answer the next request.
 * @param issuer by which it is known: ends with `/oauth/<integration>`
 */
export function providerFor(issuer: string, integrationId: string, parts: ProviderParts): Provider {
  const provider = new Provider(issuer, configuration(issuer, integrationId, parts));
  // The request was made by us, out of what came: see `provider-request.ts`.
  provider.proxy = true;
  const { Client, AccessToken, ClientCredentials, RefreshToken } = provider;
  Client.prototype.compareClientSecret = async (secret) => {
    try {
      return await parts.clients.isSecret(integrationId, secret);
    } catch (error) {
      throw oauthFault(error);
    }
  };
  beginWith('tga_', AccessToken.prototype);
  beginWith('tga_', ClientCredentials.prototype);
  beginWith('tgr_', RefreshToken.prototype);
  logFaults(provider, integrationId, parts);
  return provider;
}

/** Lets tokens begin with what secret scanners look for. */
function beginWith(prefix: SecretPrefix, prototype: object): void {
  const token = prototype as { generateTokenId: (this: object) => string };
  const made = token.generateTokenId;
  token.generateTokenId = function () {
    return prefix + made.call(this);
  };
}

function configuration(issuer: string, integrationId: string, parts: ProviderParts): Configuration {
  const { pathname } = new URL(issuer);
  const never = () => false;
  return {
    adapter: (model) =>
      model === 'Client' ? clientMetadata(integrationId, parts.clients) : new StateAdapter(model, integrationId, parts),
    // Access tokens are opaque, so that they can be revoked, and nobody is told who somebody is: nothing is signed. Every
    // client must name an algorithm nevertheless; this one asks for no key.
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
      // Until it is used; then it lives as long as its refresh token.
      Grant: INTERACTION_SECONDS,
      Interaction: INTERACTION_SECONDS,
      RefreshToken: REFRESH_TOKEN_SECONDS,
      Session: INTERACTION_SECONDS,
    },
    interactions: { policy: [askEveryTime()], url: (_, { uid }) => `${pathname}/interaction/${uid}` },
    // What is granted is granted to the integration, and does not end when the administrator leaves who approved it.
    findAccount: (_, accountId) =>
      accountId === integrationId ? { accountId, claims: () => ({ sub: accountId }) } : undefined,
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: never,
    revokeGrantPolicy: () => true,
    renderError,
  };
}

/** A browser that an administrator has approved in once does not approve a second time by itself. */
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

/** A page for people; JSON where programs ask, whatever they accept (RFC 6749 §5.2). */
const renderError: Configuration['renderError'] = (ctx, out) => {
  if (ctx.oidc.route !== 'authorization' && ctx.oidc.route !== 'resume') {
    ctx.body = out;
    return;
  }
  const { text, headers } = errorPage(EXPLAINED[out.error] ?? out.error_description ?? out.error);
  ctx.set(headers);
  ctx.body = text;
};

const EXPLAINED: Readonly<Record<string, string>> = {
  invalid_client: 'No integration with this connection ID has an OAuth client with this client ID.',
  invalid_redirect_uri:
    "The address to return to is not one of those registered for this integration. Check the name of Okta's app in the OAuth client.",
  server_error: 'Internal error. Try again later.',
};

function logFaults(provider: Provider, integrationId: string, { logger }: ProviderParts): void {
  const failed = (err: unknown) => logger.error({ err, integrationId }, 'An OAuth request failed');
  provider.on('server_error', (_, err) => failed(err));
  (provider as EventEmitter).on('error', failed);
  const comeAgain = (ctx: KoaContextWithOIDC, { status }: errors.OIDCProviderError) => {
    if (status === 429) ctx.set('retry-after', String(RETRY_AFTER_SECONDS));
  };
  for (const event of ['authorization.error', 'grant.error', 'revocation.error'] as const)
    (provider as EventEmitter).on(event, comeAgain);
  provider.on('grant.revoked', (ctx) => {
    if (ctx.oidc.route === 'token') logger.error({ integrationId, model: 'used twice' }, GRANT_ENDED);
    else logger.info({ integrationId }, 'An OAuth grant was revoked by its client');
  });
}
