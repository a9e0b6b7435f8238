import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { type Adapter, type Configuration, interactionPolicy, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { type LoginClient } from '../org/login-clients.js';
import { type OktaOrg } from '../org/okta-org.js';
import { type Person } from '../organization.js';
import { MemoryAdapter } from './memory-adapter.js';

/** Paths of the issuer; all others belong to the admin pages. */
export const ISSUER_PATHS = /^\/(oauth2\/v1|\.well-known)\//;

/**
 * The organization's OpenID Connect login, under the paths of Okta's org authorization server
 * (https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/OrgAS/). State and signing key are kept in memory.
 * The login form is at `/login/{uid}`.
 */
export function createIssuer(origin: string, org: OktaOrg): Provider {
  return new Provider(origin, configuration(org));
}

function configuration(org: OktaOrg): Configuration {
  return {
    adapter: (model: string) => (model === 'Client' ? clientsOf(org) : new MemoryAdapter()),
    jwks: { keys: [signingKey()] },
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      // Cookies are shared between ports, and Tidegate on the same host uses the library's default names.
      names: { session: 'okta_session', interaction: 'okta_interaction', resume: 'okta_resume' },
    },
    routes: {
      authorization: '/oauth2/v1/authorize',
      token: '/oauth2/v1/token',
      jwks: '/oauth2/v1/keys',
      userinfo: '/oauth2/v1/userinfo',
      end_session: '/oauth2/v1/logout',
      revocation: '/oauth2/v1/revoke',
      introspection: '/oauth2/v1/introspect',
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    interactions: { url: (_ctx, interaction) => `/login/${interaction.uid}`, policy: policyOf(org) },
    // PKCE is optional for Okta's web apps.
    pkce: { required: () => false },
    conformIdTokenClaims: false,
    // Okta's ID tokens always contain auth_time (https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/).
    clientDefaults: { require_auth_time: true },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    ttl: { AccessToken: 3600, AuthorizationCode: 300, IdToken: 3600, Interaction: 3600, Session: 7200, Grant: 7200 },
    findAccount: (_ctx, id) => {
      const person = org.directory.people.get(id);
      if (person?.status !== 'ACTIVE') return undefined;
      return { accountId: id, claims: () => ({ ...claimsOf(person, org) }) };
    },
    // Apps of the organization need no consent.
    loadExistingGrant: grantOf,
    renderError: (ctx, out) => {
      ctx.type = 'text/plain';
      ctx.body = [out.error, out.error_description].filter(Boolean).join(': ');
    },
  };
}

/** Default prompts, plus a new login if the user of the session is no longer active. */
function policyOf({ directory }: OktaOrg) {
  const policy = interactionPolicy.base();
  const { Check } = interactionPolicy;
  const notActive = new Check('not_active', 'the user is not active', 'login_required', ({ oidc }) => {
    const { accountId } = oidc.session ?? {};
    const active = accountId === undefined || directory.people.get(accountId)?.status === 'ACTIVE';
    return active ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
  });
  policy.get('login')?.checks.add(notActive);
  return policy;
}

async function grantOf(ctx: KoaContextWithOIDC) {
  const { client, session, params, provider } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const grantId = session.grantIdFor(client.clientId);
  const grant =
    (grantId && (await provider.Grant.find(grantId))) ||
    new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(typeof params?.['scope'] === 'string' ? params['scope'] : 'openid');
  await grant.save();
  return grant;
}

/** @returns the claims of a person; `sub` is the Okta id, which SCIM sends as `externalId` */
function claimsOf({ id, profile }: Person, { directory }: OktaOrg) {
  const email = profile.emails[0]?.['value'];
  return {
    sub: id,
    name: profile.displayName,
    given_name: profile.name['givenName'],
    family_name: profile.name['familyName'],
    preferred_username: profile.userName,
    locale: profile.locale,
    ...(typeof email === 'string' && { email, email_verified: true }),
    groups: [...directory.groups.values()]
      .filter((group) => [...group.members].some((each) => each.id === id))
      .map((group) => group.name),
  };
}

/** Reads clients from the organization, which can change while the issuer runs. The issuer never writes them. */
function clientsOf({ loginClients }: OktaOrg): Adapter {
  const none = async () => undefined;
  const find = async (id: string) => {
    const client = loginClients.find(id);
    return client && metadataOf(client);
  };
  return {
    upsert: none,
    find,
    findByUid: none,
    findByUserCode: none,
    consume: none,
    destroy: none,
    revokeByGrantId: none,
  };
}

function metadataOf(client: LoginClient) {
  return {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    client_name: client.label,
    token_endpoint_auth_method:
      client.clientAuthentication === 'post' ? ('client_secret_post' as const) : ('client_secret_basic' as const),
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
  };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    ...privateKey.export({ format: 'jwk' }),
    kty: 'RSA',
    use: 'sig',
    alg: 'RS256',
    kid: randomBytes(12).toString('base64url'),
  };
}
