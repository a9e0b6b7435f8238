import { integrationType } from '../integrations/catalog.js';
import { type OAuthClientEntity } from './oauth-client.entity.js';
import { type GrantType } from './oauth-clients.queries.js';
import { appNameFault, redirectUriFault } from '../config/redirect-uris.rule.js';

/** The settings of a client. */
export type ClientSettings = Pick<OAuthClientEntity, 'appName' | 'redirectUris'>;

/** @returns the grant type of clients for an integration type; undefined when it does not support OAuth */
export function grantTypeOf(type: string): GrantType | undefined {
  const methods = integrationType(type)?.authentication ?? [];
  if (methods.includes('oauth2_authorization_code')) return 'authorization_code';
  return methods.includes('oauth2_client_credentials') ? 'client_credentials' : undefined;
}

/**
 * @param origins allowed origins of `redirectUris`
 * @returns the errors by field
 */
export function clientFaults(
  grantType: GrantType,
  { appName, redirectUris }: ClientSettings,
  origins: readonly string[],
): Readonly<Record<'appName' | 'redirectUris', string | undefined>> {
  if (grantType === 'client_credentials')
    return {
      appName: appName === null ? undefined : NO_REDIRECT,
      redirectUris: redirectUris.length === 0 ? undefined : NO_REDIRECT,
    };
  const fault = redirectUris.map((uri) => redirectUriFault(uri, origins)).find((each) => each !== undefined);
  const hasNone = appName === null && redirectUris.length === 0;
  return {
    appName: hasNone ? 'must be the name of the Okta app' : appName === null ? undefined : appNameFault(appName),
    redirectUris: fault,
  };
}

const NO_REDIRECT = 'must be omitted: client credentials use no redirect';
