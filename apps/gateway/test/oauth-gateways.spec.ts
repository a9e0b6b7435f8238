import { createServer, request, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { eventually, freePort } from '@tidegate/testing';
import * as openid from 'openid-client';
import { ExpiredStates } from '../src/oauth/states.worker.js';
import { openGateway, type TestGateway } from './harness.js';
import { type Connection, type OAuthFixture, openOAuthFixture } from './oauth-fixture.js';

/** Distributes requests round-robin. */
function balance(ports: readonly number[]): { server: Server; semaphore: () => number } {
  let semaphore = 0;
  const server = createServer((incoming, outgoing) => {
    const port = ports[semaphore++ % ports.length];
    const { method, url, headers } = incoming;
    const passed = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  return { server, semaphore: () => semaphore };
}

describe('several gateways', () => {
  let accessFlow: OAuthFixture;
  let second: TestGateway;
  let balancer: ReturnType<typeof balance>;
  let okta: Connection;
  beforeAll(async () => {
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    accessFlow = await openOAuthFixture({ publicUrl });
    second = await openGateway({ publicUrl, databaseUrl: accessFlow.gateway.databaseUrl });
    second.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
    await second.app.listen(0, '127.0.0.1');
    const ports = [accessFlow.gateway, second].map(({ app }) => (app.getHttpServer().address() as AddressInfo).port);
    balancer = balance(ports);
    await new Promise<void>((resolve) => balancer.server.listen(port, '127.0.0.1', resolve));
    okta = await accessFlow.connect(undefined);
  });
  afterAll(async () => {
    balancer.server.closeAllConnections();
    balancer.server.close();
    await second.close();
    await accessFlow.close();
  });

  it('share the state of an authorization', async () => {
    const before = balancer.semaphore();
    let tokens = await okta.authorize();
    for (let round = 0; round < 3; round++)
      tokens = await openid.refreshTokenGrant(await okta.library(), tokens.refresh_token!);
    expect(balancer.semaphore() - before).toBeGreaterThan(10);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    for (const gateway of [accessFlow.gateway, second])
      expect((await gateway.request('GET', `/scim/v2/${okta.id}/Users`, { headers })).statusCode).toBe(200);
    await openid.tokenRevocation(await okta.library(), tokens.access_token);
    for (const gateway of [accessFlow.gateway, second])
      await eventually(async () =>
        expect((await gateway.request('GET', `/scim/v2/${okta.id}/Users`, { headers })).statusCode).toBe(401),
      );
  });

  it('delete exactly the expired state', async () => {
    const tokens = await okta.authorize();
    await okta.approve();
    const count = async () => Number((await accessFlow.sql('SELECT count(*) AS n FROM gateway.oauth_states'))[0]!['n']);
    await accessFlow.sql(
      `UPDATE gateway.oauth_states SET expires_at = now() - interval '1 second' WHERE model = 'AuthorizationCode'`,
    );
    const before = await count();
    const deleted = await Promise.all(
      [accessFlow.gateway, second].map(({ app }) => app.get(ExpiredStates).deleteSome()),
    );
    expect(deleted[0]! + deleted[1]!).toBeGreaterThanOrEqual(2);
    expect(await count()).toBe(before - deleted[0]! - deleted[1]!);
    expect((await openid.refreshTokenGrant(await okta.library(), tokens.refresh_token!)).access_token).toBeTruthy();
  });
});
