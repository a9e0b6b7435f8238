import { integrationType } from '../integrations/catalog.js';
import { type GrantType, type OAuthClient } from './oauth-clients.queries.js';
import { appNameFault, redirectUriFault } from './redirect-uris.rule.js';

/** What an administrator says of a client. */
export type ClientSettings = Pick<OAuthClient, 'appName' | 'redirectUris'>;

/** @returns how clients of integrations of a type get their tokens, or undefined when they have none */
export function grantTypeOf(type: string): GrantType | undefined {
  const ways = integrationType(type)?.authentication ?? [];
  if (ways.includes('oauth2_authorization_code')) return 'authorization_code';
  return ways.includes('oauth2_client_credentials') ? 'client_credentials' : undefined;
}

/**
 * @param origins that further redirect URIs may have
 * @returns what is wrong, by field
 */
export function clientFaults(
  grantType: GrantType,
  { appName, redirectUris }: ClientSettings,
  origins: readonly string[],
): Readonly<Record<'appName' | 'redirectUris', string | undefined>> {
  if (grantType === 'client_credentials')
    return {
      appName: appName === null ? undefined : NO_BROWSER,
      redirectUris: redirectUris.length === 0 ? undefined : NO_BROWSER,
    };
  const wrong = redirectUris.map((uri) => redirectUriFault(uri, origins)).find((fault) => fault !== undefined);
  const nowhere = appName === null && redirectUris.length === 0;
  return {
    appName: nowhere ? "must be the name of Okta's app" : appName === null ? undefined : appNameFault(appName),
    redirectUris: wrong,
  };
}

const NO_BROWSER = 'is not for client credentials, which send no browser anywhere';
