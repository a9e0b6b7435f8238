import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance } from 'fastify';

const FORM_TYPE = 'application/x-www-form-urlencoded';
/** More than any form of ours. */
export const FORM_BYTES = 16 * 1024;

/** Pages whose forms strangers may send, too. */
const FORM_ROUTES = new Set(['/login', '/logout']);

export const isFormRoute = (route: string | undefined): boolean => route !== undefined && FORM_ROUTES.has(route);

/** Takes what browsers send of forms (WHATWG URL §5), at the addresses of forms alone; the first value of a name counts. */
export function takeForms(fastify: FastifyInstance): void {
  fastify.addContentTypeParser<string>(FORM_TYPE, { parseAs: 'string' }, (request, body, done) => {
    if (!isFormRoute(request.routeOptions.url))
      return done(new Refusal('unsupportedType', 'Send the body as application/json.'));
    const fields = Object.create(null) as Record<string, string>;
    for (const [name, value] of new URLSearchParams(body)) fields[name] ??= value;
    done(null, fields);
  });
}
