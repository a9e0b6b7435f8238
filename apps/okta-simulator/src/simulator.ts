import Fastify, { type FastifyInstance } from 'fastify';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Form } from './admin/form.js';
import { adminRoutes } from './admin/routes.js';
import { type Clock } from './clock.js';
import { createIssuer, ISSUER_PATHS } from './login/issuer.js';
import { loginRoutes } from './login/login-routes.js';
import { OktaOrg } from './org/okta-org.js';
import { Refused } from './org/refused.js';

export interface OktaSimulatorOptions {
  /** 0: any free port. */
  port?: number;
  /** Listen address. All clients that reach it can administer the organization. */
  host?: string;
  /** Origin for browsers, and the issuer of the login. Default: `http://127.0.0.1:{port}`. */
  origin?: string;
  /** Origin of Tidegate, for apps with a connection id. */
  tidegate?: string;
  clock?: Clock;
  /** Seconds until a SCIM call without a response fails. */
  timeoutSeconds?: number;
  /** Called with the organization before the first request. */
  load?: (org: OktaOrg) => void;
  /** Called after every possible change. */
  changed?: (org: OktaOrg) => void;
}

export interface OktaSimulator {
  /** Origin of the admin pages, and the issuer of the login. */
  origin: string;
  /** The organization, for direct access without the pages. */
  org: OktaOrg;
  close(): Promise<void>;
}

/** Starts an Okta organization with admin pages, which require no login, and an OpenID Connect login. */
export async function startOktaSimulator(options: OktaSimulatorOptions = {}): Promise<OktaSimulator> {
  const { port = 0, host = '127.0.0.1' } = options;
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  try {
    return await serveOn(server, options);
  } catch (error) {
    server.close();
    throw error;
  }
}

async function serveOn(server: Server, options: OktaSimulatorOptions): Promise<OktaSimulator> {
  const listenPort = (server.address() as AddressInfo).port;
  const origin = options.origin ?? `http://127.0.0.1:${listenPort}`;
  const org = new OktaOrg({ ...options, origin });
  options.load?.(org);

  const issuer = createIssuer(origin, org);
  const admin = adminServer(origin);
  adminRoutes(admin, { org, origin });
  loginRoutes(admin, issuer, org);
  await admin.ready();

  const handleIssuer = issuer.callback();
  const hosts = new Set([new URL(origin).host, `127.0.0.1:${listenPort}`, `localhost:${listenPort}`]);
  server.on('request', (request, response) => {
    // Protects against DNS rebinding: pages of other hosts send their own host name.
    if (!hosts.has(request.headers.host ?? '')) response.writeHead(421).end('Unknown host name.\n');
    else if (ISSUER_PATHS.test(request.url ?? '')) void handleIssuer(request, response);
    else admin.routing(request, response);
  });
  return { origin, org, close: () => close(server, admin, org) };
}

function adminServer(origin: string): FastifyInstance {
  const server = Fastify({ logger: false });
  server.removeAllContentTypeParsers();
  const parsers = {
    'application/json': (text: string) => Form.ofJson(text),
    'application/x-www-form-urlencoded': (text: string) => Form.ofUrlEncoded(text),
  };
  for (const [type, parse] of Object.entries(parsers)) {
    server.addContentTypeParser(type, { parseAs: 'string' }, async (_request: unknown, body: string) => parse(body));
  }
  server.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'Cache-Control': 'no-store',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
    });
    const requestOrigin = request.headers.origin;
    if (request.method !== 'GET' && requestOrigin !== undefined && requestOrigin !== origin) {
      throw new Refused(`Requests from ${requestOrigin} are not allowed.`);
    }
  });
  return server;
}

async function close(server: Server, admin: FastifyInstance, org: OktaOrg): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await Promise.all([closed, admin.close()]);
  org.close();
}
