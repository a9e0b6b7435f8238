import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance } from 'fastify';

const FORM_TYPE = 'application/x-www-form-urlencoded';
/** More than any form of ours. */
export const FORM_BYTES = 16 * 1024;

/** Pages whose forms strangers may send, too. */
const PAGES = new Set(['/login', '/logout']);

const isOAuthRoute = (route: string): boolean => route.startsWith('/oauth/');

/** Addresses that strangers may send forms to: they are where a credential is first had. */
export const isFormRoute = (route: string | undefined): boolean =>
  route !== undefined && (PAGES.has(route) || isOAuthRoute(route));

/**
 * Takes what browsers send of forms (WHATWG URL §5), at the addresses of forms alone; the first value of a name counts.
 * OAuth gets all of them, since it must refuse a parameter that is sent twice (RFC 6749 §3.2).
 */
export function takeForms(fastify: FastifyInstance): void {
  fastify.addContentTypeParser<string>(FORM_TYPE, { parseAs: 'string' }, (request, body, done) => {
    if (!isFormRoute(request.routeOptions.url))
      return done(new Refusal('unsupportedType', 'Send the body as application/json.'));
    const all = new URLSearchParams(body);
    if (isOAuthRoute(request.routeOptions.url ?? '')) return done(null, all);
    const fields = Object.create(null) as Record<string, string>;
    for (const [name, value] of all) fields[name] ??= value;
    done(null, fields);
  });
}
