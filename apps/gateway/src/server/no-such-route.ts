import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** RFC 7644 §3.11: `/Me` requires a user behind the token. */
const ME = /^\/scim\/v2\/[^/]+\/Me$/;

/**
 * @returns the refusal of a request without a route: 405 with the header Allow (RFC 9110 §15.5.6), 501 for `/Me` of SCIM,
 *   else 404
 */
export function routeRefusal(fastify: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Refusal {
  const [address = '/'] = request.url.split('?');
  const path = address.replace(/(?<=.)\/$/, '');
  if (ME.test(path))
    return new Refusal(
      'notImplemented',
      '/Me is not supported: a token identifies an application, not a user. Use /Users.',
    );
  const allowed = METHODS.filter((method) => fastify.findRoute({ method, url: path }) !== null);
  // If the method is allowed, the request had another URL, such as one with two trailing slashes.
  if (allowed.length === 0 || allowed.includes(request.method)) return new Refusal('notFound', 'Not found.');
  reply.header('allow', allowed.join(', '));
  return new Refusal('methodNotAllowed', `This endpoint does not allow ${request.method}, only ${allowed.join(', ')}.`);
}
