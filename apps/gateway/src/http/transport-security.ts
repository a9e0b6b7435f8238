import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance } from 'fastify';

/** A year, in seconds: browsers that came once over https use nothing else for that long (RFC 6797 §6.1.1). */
const HSTS = 'max-age=31536000';

/**
 * Refuses requests with two Host headers, and asks browsers to use https.
 * @param publicUrl by which callers reach the gateway; when it is https, answers carry Strict-Transport-Security.
 *   Subdomains are not included: they may belong to others
 */
export function addTransportSecurity(fastify: FastifyInstance, publicUrl: string | undefined): void {
  const isHttps = publicUrl !== undefined && new URL(publicUrl).protocol === 'https:';
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isHttps) reply.header('strict-transport-security', HSTS);
    done(
      hasTwoHosts(request.raw.rawHeaders)
        ? new Refusal('invalidSyntax', 'The request has two Host headers.')
        : undefined,
    );
  });
}

/** RFC 9112 §3.2: such a request must be refused, because a proxy may have read the other one. Node keeps the first. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}
