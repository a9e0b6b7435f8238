import { Refusal } from '@tidegate/contracts';
import { parseCookie, stringifySetCookie } from 'cookie';

/** Name and security of a cookie on one origin. */
export interface CookieForm {
  name: string;
  secure: boolean;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** @returns whether the host of a URL is on the loopback interface */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/**
 * Over https the name has the prefix `__Host-`, so that no other host or path can set it (RFC 6265bis §4.1.3.2). Browsers
 * refuse that prefix over plain http, which is allowed on the loopback interface only.
 * @param origin public scheme and host of the request
 * @returns undefined when the cookie would be sent unencrypted
 */
export function cookieForm(origin: string, name: string): CookieForm | undefined {
  if (!URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  if (url.protocol === 'https:') return { name: `__Host-${name}`, secure: true };
  return isLoopback(url) ? { name, secure: false } : undefined;
}

/** Like `cookieForm`. @throws Refusal `notAllowed` when the cookie would be sent unencrypted */
export function requireCookieForm(origin: string, name: string): CookieForm {
  const form = cookieForm(origin, name);
  if (!form)
    throw new Refusal(
      'notAllowed',
      'Login requires https, because a session can be stolen over plain http. Open the https URL of this server.',
    );
  return form;
}

/** @returns the value of the cookie in a Cookie header; undefined if absent or if the header is too long */
export function cookieIn(header: string | undefined, { name }: CookieForm): string | undefined {
  return header === undefined || header.length > 8192 ? undefined : parseCookie(header)[name];
}

/** @returns a Set-Cookie header. Lax, because Okta redirects administrators to the consent (RFC 6265bis §8.8.1). */
export function setCookie({ name, secure }: CookieForm, value: string, maxAge?: number): string {
  const lifetime = maxAge === undefined ? {} : { maxAge };
  return stringifySetCookie({ name, value, path: '/', httpOnly: true, sameSite: 'lax', secure, ...lifetime });
}

/** @returns a Set-Cookie header that deletes the cookie */
export const clearCookie = (form: CookieForm): string => setCookie(form, '', 0);
