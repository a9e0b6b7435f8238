import { type IncomingHttpHeaders } from 'node:http';

const SAFE = new Set(['GET', 'HEAD']);

/** What the console sends along with every call of /api/v1; no form of another site can (OWASP, custom request headers). */
export const CSRF_HEADER = 'x-tidegate-csrf';

/**
 * Whether a request that a cookie speaks for was made by a page of ours. Safe methods change nothing and need no proof.
 * Every browser since 2020 says where an unsafe request comes from, in `Origin` (RFC 6454 §7) or `Sec-Fetch-Site`
 * (https://www.w3.org/TR/fetch-metadata/): one of them must be there, and none may say otherwise.
 * @param origin our own
 */
export function isSameOrigin(method: string, headers: IncomingHttpHeaders, origin: string): boolean {
  if (SAFE.has(method)) return true;
  const { origin: from, 'sec-fetch-site': site } = headers;
  if (from === undefined && site === undefined) return false;
  return (from === undefined || from === origin) && (site === undefined || site === 'same-origin');
}
