import { v7 as uuidv7 } from 'uuid';
import { Browser, ORIGIN } from './browser.js';
import {
  API_KEY,
  type TestGateway,
  newIntegration,
  openGateway,
  requestRecord,
  type TestIntegration,
} from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

const REMOTE = '203.0.113.7';
const NETWORK = '203.0.113.0/24';
const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE'];

describe('the log line of a call', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let integration: TestIntegration;
  let people: People;
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    integration = await newIntegration(gateway);
    people = await People.at(gateway, issuer, [integration.id]);
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  /** @returns the log lines of the calls in `work` */
  const linesOf = async (work: () => Promise<unknown>): Promise<Record<string, unknown>[]> => {
    const before = gateway.log.length;
    await work();
    const lines = gateway.log.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
    return lines.filter(({ route }) => route !== undefined);
  };
  const withKey = (method: string, path: string, payload: object = {}) =>
    gateway.request(method, path, { headers: { authorization: `Bearer ${API_KEY}` }, payload, remoteAddress: REMOTE });

  it('is written for each unsafe call of every route, with actor and network', async () => {
    const unsafe = gateway.routes.filter(({ method, url }) => UNSAFE.includes(method) && url.startsWith('/api/v1/'));
    expect(unsafe.length).toBeGreaterThan(20);
    const actor = { kind: 'apiKey', keyId: 'configured', network: NETWORK };
    for (const { method, url } of unsafe) {
      const lines = await linesOf(() =>
        withKey(
          method,
          url.replace(/:\w+/g, () => uuidv7()),
        ),
      );
      expect(lines).toMatchObject([{ msg: 'request', method, route: url, actor }]);
    }
  });

  it('has the ids in the path and of the created resource', async () => {
    const path = `/api/v1/integrations/${integration.id}/tokens`;
    let made = '';
    const lines = await linesOf(async () => {
      await withKey('DELETE', `${path}/${integration.tokenId}`);
      made = (await withKey('POST', path)).json<{ id: string }>().id;
    });
    const route = '/api/v1/integrations/:integrationId/tokens';
    expect(lines).toMatchObject([
      {
        method: 'DELETE',
        route: `${route}/:tokenId`,
        params: { integrationId: integration.id, tokenId: integration.tokenId },
      },
      { method: 'POST', route, params: { integrationId: integration.id }, resultId: made, status: 201 },
    ]);
  });

  it('identifies people by issuer and subject, as do their commands', async () => {
    const alice = await people.person({ of: [integration.id] });
    gateway.transport.handlers['requests.create'] = () => requestRecord();
    const userId = alice.users[integration.id];
    const body = { flowId: uuidv7(), groupId: uuidv7(), durationSeconds: 60, userId };
    const lines = await linesOf(() => alice.api('POST', '/access-requests', body));
    const person = { kind: 'person', issuer: issuer.url, subject: alice.subject };
    expect(lines).toMatchObject([{ actor: person, status: 201 }]);
    expect(gateway.transport.last('requests.create').asking.context).toMatchObject({ actor: { ...person, userId } });
  });

  it('identifies the SCIM credential, as do its commands', async () => {
    const okta = await newIntegration(gateway);
    const record = { id: uuidv7(), attributes: { userName: 'alice' }, active: true, version: 1, groups: [] };
    const times = { createdAt: '2026-01-02T03:04:05.000Z', lastModifiedAt: '2026-01-02T03:04:05.000Z' };
    gateway.transport.handlers['users.create'] = () => ({ ...record, ...times });
    const lines = await linesOf(() => okta.scim('POST', '/Users', { userName: 'alice' }));
    const actor = { kind: 'scim', integrationId: okta.id, credentialId: okta.tokenId };
    expect(lines).toMatchObject([{ method: 'POST', status: 201, actor }]);
    expect(gateway.transport.last('users.create').asking.context).toMatchObject({ actor });
  });

  it('is a warning with the network for each failed credential, without the credential', async () => {
    const wrong = 'tgk_a-wrong-key-that-must-not-be-logged';
    const presented: [string, string, Record<string, string>][] = [
      ['GET', '/api/v1/integrations', { authorization: `Bearer ${wrong}` }],
      ['POST', '/api/v1/integrations', { authorization: `Bearer ${wrong}` }],
      ['GET', '/api/v1/me', { cookie: `__Host-tidegate_session=${wrong}` }],
      ['GET', `/scim/v2/${integration.id}/Users`, { authorization: `Bearer ${wrong}` }],
      ['PATCH', `/scim/v2/${integration.id}/Users/${uuidv7()}`, { authorization: `Bearer ${wrong}` }],
    ];
    for (const [method, url, headers] of presented) {
      const lines = await linesOf(() => gateway.request(method, url, { headers, remoteAddress: REMOTE }));
      expect(lines).toMatchObject([
        { level: 'warn', msg: 'credential refused', method, status: 401, network: NETWORK },
      ]);
    }
    expect(gateway.log.join('')).not.toContain(wrong);
  });

  it('is a warning for an OAuth client with a wrong secret, in the header or in the body', async () => {
    const client = (
      await gateway.api('POST', `/integrations/${integration.id}/oauth-client`, { appName: 'acme_1' })
    ).json<{
      clientId: string;
    }>();
    const url = `/oauth/${integration.id}/token`;
    const form = { grant_type: 'refresh_token', refresh_token: 'x' };
    const secret = 'a-wrong-secret-that-must-not-be-logged';
    const basic = `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`;
    const ways: [Record<string, string>, Record<string, string>][] = [
      [{ authorization: basic }, form],
      [{}, { ...form, client_id: client.clientId, client_secret: secret }],
    ];
    for (const [headers, fields] of ways) {
      const lines = await linesOf(() =>
        gateway.request('POST', url, {
          headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
          payload: new URLSearchParams(fields).toString(),
          remoteAddress: REMOTE,
        }),
      );
      expect(lines).toMatchObject([{ level: 'warn', msg: 'credential refused', status: 401, network: NETWORK }]);
    }
    expect(gateway.log.join('')).not.toContain(secret);
  });

  it('is not a warning for an unrelated cookie without a credential', async () => {
    const lines = await linesOf(() => gateway.request('GET', '/api/v1/integrations', { headers: { cookie: 'a=b' } }));
    expect(lines).toMatchObject([{ level: 'info', msg: 'request', status: 401 }]);
  });

  it('does not contain the name of a key', async () => {
    const name = 'a name of a key that must not be logged';
    const { key } = (await gateway.api('POST', '/api-keys', { name, scopes: ['integrations:read'] })).json<{
      key: string;
    }>();
    await gateway.request('GET', '/api/v1/integrations', { headers: { authorization: `Bearer ${key}` } });
    expect(gateway.log.join('')).not.toContain(name);
  });

  it('is a warning for a SCIM token that was revoked', async () => {
    const okta = await newIntegration(gateway);
    await gateway.api('DELETE', `/integrations/${okta.id}/tokens/${okta.tokenId}`);
    const lines = await linesOf(() => okta.scim('GET', '/Users'));
    expect(lines).toMatchObject([{ level: 'warn', msg: 'credential refused', params: { integrationId: okta.id } }]);
  });

  it('has the key of a login with a key, and the network of a failed one', async () => {
    const login = async (key: string) => {
      const before = gateway.log.length;
      await new Browser(gateway).loginWithKey(key);
      return gateway.log.slice(before).map((line) => JSON.parse(line) as object);
    };
    const about = { method: 'key', network: '127.0.0.0/24' };
    expect(await login(API_KEY)).toContainEqual(
      expect.objectContaining({ msg: 'Login', keyId: 'configured', ...about }),
    );
    expect(await login('wrong')).toContainEqual(expect.objectContaining({ msg: 'Login failed', ...about }));
  });
});
