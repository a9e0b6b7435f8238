import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance } from 'fastify';

const FORM_TYPE = 'application/x-www-form-urlencoded';
/** Body limit of forms. */
export const FORM_BYTES = 16 * 1024;

/** Pages with forms that do not require authentication. */
const PAGES = new Set(['/login', '/logout']);

const isOAuthRoute = (route: string): boolean => route.startsWith('/oauth/');

/** Whether the route accepts forms. These routes issue credentials, so they do not require authentication. */
export const isFormRoute = (route: string | undefined): boolean =>
  route !== undefined && (PAGES.has(route) || isOAuthRoute(route));

/**
 * Parses form bodies (WHATWG URL §5), only for routes of forms. For duplicate names the first value is used; OAuth routes
 * get all values, because they must refuse duplicates (RFC 6749 §3.2).
 */
export function parseForms(fastify: FastifyInstance): void {
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
