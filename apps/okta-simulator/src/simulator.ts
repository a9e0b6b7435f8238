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
  /** 0: any free one. */
  port?: number;
  /** The address to listen at. Everybody who reaches it administers the organization. */
  host?: string;
  /** How browsers reach the simulator, and the login's issuer; `http://127.0.0.1:{port}` unless given. */
  origin?: string;
  /** Origin of Tidegate, which apps with a connection id begin with. */
  tidegate?: string;
  clock?: Clock;
  /** Seconds until a SCIM call that is not answered has failed. */
  timeoutSeconds?: number;
  /** Called with the organization before the first request. */
  load?: (org: OktaOrg) => void;
  /** Called after whatever may have changed it. */
  changed?: (org: OktaOrg) => void;
}

export interface OktaSimulator {
  /** Where the admin pages are, and the issuer of the login. */
  origin: string;
  /** The organization itself: what the pages do can be done here as well. */
  org: OktaOrg;
  close(): Promise<void>;
}

/** Starts an Okta organization with its admin pages and its OpenID Connect login. For trying out: nobody is asked who they are. */
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
  const listening = (server.address() as AddressInfo).port;
  const origin = options.origin ?? `http://127.0.0.1:${listening}`;
  const org = new OktaOrg({ ...options, origin });
  options.load?.(org);

  const issuer = createIssuer(origin, org);
  const admin = adminServer(origin);
  adminRoutes(admin, { org, origin });
  loginRoutes(admin, issuer, org);
  await admin.ready();

  const issue = issuer.callback();
  const names = new Set([new URL(origin).host, `127.0.0.1:${listening}`, `localhost:${listening}`]);
  server.on('request', (request, response) => {
    // A page elsewhere whose name is made to point here (DNS rebinding) still says its own name.
    if (!names.has(request.headers.host ?? '')) response.writeHead(421).end('This server has another name.\n');
    else if (ISSUER_PATHS.test(request.url ?? '')) void issue(request, response);
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
    const from = request.headers.origin;
    if (request.method !== 'GET' && from !== undefined && from !== origin) {
      throw new Refused(`A page of ${from} may not do this here.`);
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
