import { parseCookie, stringifySetCookie } from 'cookie';

/** How a cookie of ours must be made for a caller that reaches us by some origin. */
export interface CookieForm {
  name: string;
  secure: boolean;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a URL leads to this very machine. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/**
 * Over https the name has the prefix `__Host-`, so that no other host or path can set it (RFC 6265bis §4.1.3.2). Over
 * plain http, which is taken on the loopback interface only, a browser would refuse that prefix: the name goes without.
 * @param origin scheme and host that the caller reaches us by
 * @returns undefined where a cookie would travel in the clear
 */
export function cookieForm(origin: string, name: string): CookieForm | undefined {
  if (!URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  if (url.protocol === 'https:') return { name: `__Host-${name}`, secure: true };
  return isLoopback(url) ? { name, secure: false } : undefined;
}

/** @returns the value of a cookie in a Cookie header */
export function cookieIn(header: string | undefined, { name }: CookieForm): string | undefined {
  return header === undefined || header.length > 8192 ? undefined : parseCookie(header)[name];
}

/** A Set-Cookie header. Lax: it must come along when Okta sends an administrator here (RFC 6265bis §8.8.1). */
export function setCookie({ name, secure }: CookieForm, value: string, maxAge?: number): string {
  const lifetime = maxAge === undefined ? {} : { maxAge };
  return stringifySetCookie({ name, value, path: '/', httpOnly: true, sameSite: 'lax', secure, ...lifetime });
}

/** A Set-Cookie header that takes the cookie away. */
export const clearCookie = (form: CookieForm): string => setCookie(form, '', 0);
