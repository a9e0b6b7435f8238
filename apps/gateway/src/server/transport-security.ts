import { Refusal } from '@tidegate/contracts';
import { type FastifyInstance } from 'fastify';

/** One year: browsers then use only https (RFC 6797 §6.1.1). */
const HSTS = 'max-age=31536000';

/**
 * Refuses requests with two Host headers, and sets Strict-Transport-Security.
 * @param publicUrl URL of the gateway; the header is set if it is https. Subdomains are excluded: they may belong to others
 */
export function addTransportSecurity(fastify: FastifyInstance, publicUrl: string | undefined): void {
  const isHttps = publicUrl !== undefined && new URL(publicUrl).protocol === 'https:';
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isHttps) reply.header('strict-transport-security', HSTS);
    done(
      hasTwoHosts(request.raw.rawHeaders)
        ? new Refusal('invalidSyntax', 'The request has more than one Host header. Send one.')
        : undefined,
    );
  });
}

/** RFC 9112 §3.2 requires refusing such requests. Node uses the first header; a proxy may use the other. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}
