import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Browser } from '@tidegate/testing';
import pg from 'pg';
import * as openid from 'openid-client';
import { type GatewayConfig } from '../src/config/config.js';
import { API_KEY, type TestGateway, newIntegration, openGateway, type TestIntegration } from './harness.js';

export const CALLBACK = 'https://system-admin.okta.com/admin/app/cpc/acme_tidegate_1/oauth/callback';

/** A gateway that listens, with integrations that have OAuth clients. */
export interface OAuthFixture {
  gateway: TestGateway;
  origin: string;
  /** A browser without session. */
  browser(): Browser;
  /** A browser with a session of an administrator. */
  admin(): Promise<Browser>;
  /** Runs a statement as the owner of the database, to change times. */
  sql(text: string, binds?: unknown[]): Promise<Record<string, unknown>[]>;
  connect(settings?: object, overrides?: object): Promise<Connection>;
  close(): Promise<void>;
}

/** An integration with an OAuth client. */
export interface Connection extends TestIntegration {
  clientId: string;
  clientSecret: string;
  secretId: string;
  issuer: string;
  /** The client library, configured like Okta. */
  library(auth?: openid.ClientAuth): Promise<openid.Configuration>;
  /** Approves as an administrator. @returns the URL of the redirect */
  approve(parameters?: Record<string, string>, browser?: Browser): Promise<URL>;
  /** Runs the flow from Okta to the tokens. */
  authorize(): Promise<openid.TokenEndpointResponse>;
  /** Calls the token or revocation endpoint directly. */
  post(endpoint: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  /** The SCIM response for an access token. */
  status(accessToken: string, integrationId?: string): Promise<number>;
}

export async function openOAuthFixture(overrides: Partial<GatewayConfig> = {}): Promise<OAuthFixture> {
  const gateway = await openGateway(overrides);
  gateway.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
  await gateway.app.listen(0, '127.0.0.1');
  const { port } = gateway.app.getHttpServer().address() as AddressInfo;
  const origin = overrides.publicUrl ?? `http://127.0.0.1:${port}`;
  const owner = new pg.Client({ connectionString: gateway.databaseUrl });
  await owner.connect();
  const okta = createServer((_, answer) => answer.end('Back in Okta')).listen(0, '127.0.0.1');
  await once(okta, 'listening');
  const hosts = { [new URL(CALLBACK).origin]: `http://127.0.0.1:${(okta.address() as AddressInfo).port}` };
  const newBrowser = () => new Browser({ hosts });
  const admin = async () => {
    const browser = newBrowser();
    await browser.open(`${origin}/login`);
    await logIn(browser);
    return browser;
  };
  return {
    gateway,
    origin,
    browser: newBrowser,
    admin,
    sql: async (text, binds = []) => (await owner.query<Record<string, unknown>>(text, binds)).rows,
    connect: (settings, overrides) => connect(gateway, origin, admin, settings, overrides),
    close: async () => {
      okta.closeAllConnections();
      okta.close();
      await owner.end();
      await gateway.close();
    },
  };
}

async function connect(
  gateway: TestGateway,
  origin: string,
  admin: () => Promise<Browser>,
  settings: object = { appName: 'acme_tidegate_1' },
  overrides: object = {},
): Promise<Connection> {
  const integration = await newIntegration(gateway, overrides);
  const made = await gateway.api('POST', `/integrations/${integration.id}/oauth-client`, settings);
  expect([made.statusCode, made.body]).toEqual([201, expect.any(String)]);
  const { clientId, clientSecret, secrets } = made.json<{
    clientId: string;
    clientSecret: string;
    secrets: { id: string }[];
  }>();
  const issuer = `${origin}/oauth/${integration.id}`;
  const library: Connection['library'] = async (auth) =>
    openid.discovery(new URL(issuer), clientId, undefined, auth ?? openid.ClientSecretPost(clientSecret), {
      algorithm: 'oauth2',
      execute: [openid.allowInsecureRequests],
    });
  const approve: Connection['approve'] = async (parameters = {}, given?: Browser) => {
    const browser = given ?? (await admin());
    const query = { response_type: 'code', client_id: clientId, redirect_uri: CALLBACK, state: 's', ...parameters };
    await browser.open(`${issuer}/authorize?${new URLSearchParams(query).toString()}`);
    await browser.press('Approve');
    return browser.url;
  };
  return {
    ...integration,
    clientId,
    clientSecret,
    secretId: secrets[0]!.id,
    issuer,
    library,
    approve,
    authorize: async () => openid.authorizationCodeGrant(await library(), await approve({}), { expectedState: 's' }),
    post: (endpoint, form, headers = {}) =>
      fetch(`${issuer}/${endpoint}`, { method: 'POST', body: new URLSearchParams(form), headers }),
    status: async (accessToken, integrationId = integration.id) => {
      const headers = { authorization: `Bearer ${accessToken}` };
      return (await gateway.request('GET', `/scim/v2/${integrationId}/Users`, { headers })).statusCode;
    },
  };
}

/** Logs in with the key, which redirects to the requested page. */
export async function logIn(browser: Browser): Promise<void> {
  expect([browser.status, browser.url.pathname]).toEqual([200, '/login']);
  await browser.press('Log in with the key', { key: API_KEY });
}
