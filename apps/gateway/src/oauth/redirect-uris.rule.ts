import { isLoopback } from '../auth/cookie.rule.js';

/**
 * Where Okta's cells take the answer of an authorization server
 * (https://developer.okta.com/docs/guides/scim-provisioning-integration-prepare/).
 */
const OKTA_CELLS = [
  'https://system-admin.okta.com',
  'https://system-admin.okta-emea.com',
  'https://system-admin.oktapreview.com',
];

/** @returns where Okta may be sent back to when its app has this name */
export function oktaRedirectUris(appName: string): string[] {
  return OKTA_CELLS.map((cell) => `${cell}/admin/app/cpc/${appName}/oauth/callback`);
}

/** @returns what is wrong with the name of an Okta app, or undefined */
export function appNameFault(appName: string): string | undefined {
  if (/^[A-Za-z0-9_-]{1,100}$/.test(appName)) return undefined;
  return "must be the part between /app/ and /instance/ of the app's address in Okta's admin console";
}

/**
 * @param uri that an administrator wants besides Okta's
 * @param origins that the operator allows
 * @returns what is wrong with it, or undefined
 */
export function redirectUriFault(uri: string, origins: readonly string[]): string | undefined {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url?.href !== uri || url.hash !== '' || url.username !== '' || url.password !== '')
    return 'must be absolute addresses in their plain form, without fragment or user name';
  if (!origins.includes(url.origin)) return 'must begin with an origin that is listed in OAUTH_REDIRECT_ORIGINS';
  return undefined;
}

/** @returns the origin a text names, when it may be listed: https, or http on this machine alone */
export function redirectOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.href !== `${text}/` && url.href !== text)) return undefined;
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  return safe && `${url.origin}/` === url.href ? url.origin : undefined;
}
