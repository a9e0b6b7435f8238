import { type IncomingHttpHeaders } from 'node:http';

const SAFE = new Set(['GET', 'HEAD']);

/** Required with sessions at /api/v1; forms of other sites cannot send it (OWASP, custom request headers). */
export const CSRF_HEADER = 'x-tidegate-csrf';

/**
 * Checks that a request with a session cookie is from the same origin. Safe methods always pass. For unsafe ones, browsers
 * since 2020 send `Origin` (RFC 6454 §7) or `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/): at least one must be
 * present and none may differ.
 * @param origin public origin of this server
 */
export function isSameOrigin(method: string, headers: IncomingHttpHeaders, origin: string): boolean {
  if (SAFE.has(method)) return true;
  const { origin: from, 'sec-fetch-site': site } = headers;
  if (from === undefined && site === undefined) return false;
  return (from === undefined || from === origin) && (site === undefined || site === 'same-origin');
}
