import { isLoopback } from '../http/cookie.rule.js';

/** The callbacks of the Okta cells (https://developer.okta.com/docs/guides/scim-provisioning-integration-prepare/). */
const OKTA_CELLS = [
  'https://system-admin.okta.com',
  'https://system-admin.okta-emea.com',
  'https://system-admin.oktapreview.com',
];

/** @returns the redirect URIs of the Okta app with this name */
export function oktaRedirectUris(appName: string): string[] {
  return OKTA_CELLS.map((cell) => `${cell}/admin/app/cpc/${appName}/oauth/callback`);
}

/** @returns the error of an invalid app name, or undefined */
export function appNameFault(appName: string): string | undefined {
  if (/^[A-Za-z0-9_-]{1,100}$/.test(appName)) return undefined;
  return 'must be the part between /app/ and /instance/ in the URL of the app in the Okta admin console';
}

/**
 * @param uri additional redirect URI
 * @param origins allowed origins
 * @returns the error of an invalid URI, or undefined
 */
export function redirectUriFault(uri: string, origins: readonly string[]): string | undefined {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url?.href !== uri || url.hash !== '' || url.username !== '' || url.password !== '')
    return 'must be absolute, normalized URLs without fragment or user name';
  if (!origins.includes(url.origin)) return 'must begin with an origin listed in OAUTH_REDIRECT_ORIGINS';
  return undefined;
}

/** @returns the origin, if it is https, or http on the loopback interface; undefined otherwise */
export function redirectOrigin(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || (url.href !== `${value}/` && url.href !== value)) return undefined;
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  return safe && `${url.origin}/` === url.href ? url.origin : undefined;
}
