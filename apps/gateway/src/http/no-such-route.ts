import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** RFC 7644 §3.11: who is not a person behind a token has no `/Me`. */
const ME = /^\/scim\/v2\/[^/]+\/Me$/;

/**
 * What to refuse a request with that no route takes, before its body is read: 405 with the methods that the address
 * knows, 501 for what SCIM names and is not there, else 404. Sets the header Allow (RFC 9110 §15.5.6).
 */
export function noSuchRoute(fastify: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Refusal {
  const [address = '/'] = request.url.split('?');
  const path = address.replace(/(?<=.)\/$/, '');
  if (ME.test(path)) return new Refusal('notImplemented', 'A token speaks for an application, which is no user.');
  const allowed = METHODS.filter((method) => fastify.findRoute({ method, url: path }) !== null);
  // What the address takes and yet came here is of another address, such as one with two slashes at its end.
  if (allowed.length === 0 || allowed.includes(request.method))
    return new Refusal('notFound', 'There is nothing at this address.');
  reply.header('allow', allowed.join(', '));
  return new Refusal('methodNotAllowed', `This address takes ${allowed.join(', ')}.`);
}
