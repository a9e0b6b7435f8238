import { eventually } from '@tidegate/testing';
import { newSecret } from '../src/http/bearer.rule.js';
import { API_KEY, type TestGateway, newIntegration, openGateway, type TestIntegration } from './harness.js';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

describe('authentication of SCIM calls', () => {
  let gateway: TestGateway;
  let ours: TestIntegration;
  let theirs: TestIntegration;
  beforeAll(async () => {
    gateway = await openGateway();
    [ours, theirs] = [await newIntegration(gateway), await newIntegration(gateway)];
    gateway.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
  });
  afterAll(() => gateway.close());

  const call = (authorization: string | undefined, id = ours.id) =>
    gateway.request('GET', `/scim/v2/${id}/Users`, { headers: authorization === undefined ? {} : { authorization } });

  it('accepts the token with Bearer in any case, and bare', async () => {
    for (const header of [`Bearer ${ours.token}`, `bearer ${ours.token}`, ours.token, `  Bearer   ${ours.token} `])
      expect((await call(header)).statusCode).toBe(200);
  });

  it('refuses every other credential with the same 401, without commands', async () => {
    const headers = [
      undefined,
      '',
      '   ',
      'Bearer',
      'Bearer ',
      'bearer undefined',
      'Bearer null',
      'non-token',
      `Basic ${ours.token}`,
      `Bearer ${ours.token}x`,
      `Bearer ${ours.token.slice(0, -1)}`,
      `Bearer ${ours.token.toUpperCase()}`,
      `Bearer ${ours.token} ${ours.token}`,
      `Bearer ${theirs.token}`,
      `Bearer tgs_${'a'.repeat(43)}`,
      'Bearer tökén',
      `Bearer ${'x'.repeat(1_000_000)}`,
      "Bearer ' OR 1=1 --",
    ];
    const asked = gateway.transport.asked.length;
    for (const header of headers) {
      const answer = await call(header);
      expect([header?.slice(0, 60), answer.statusCode]).toEqual([header?.slice(0, 60), 401]);
      expect(answer.headers['content-type']).toBe('application/scim+json');
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
      expect(answer.json()).toEqual({ schemas: [ERROR], status: '401', detail: expect.stringMatching(/./) });
    }
    expect(gateway.transport.asked).toHaveLength(asked);
  });

  it('does not reveal whether an integration exists', async () => {
    const wrong = await call('Bearer non-token');
    const ids = ['018f0000-0000-7000-8000-000000000000', 'x', ours.id.toUpperCase(), theirs.id, '__proto__', '%00'];
    for (const id of ids) {
      const answer = await call(`Bearer ${ours.token}`, id);
      expect([id, answer.statusCode, answer.json()]).toEqual([id, 401, wrong.json()]);
    }
  });

  it('does not read bodies of unauthenticated calls', async () => {
    const payload = '{'.repeat(1000);
    const answer = await gateway.request('POST', `/scim/v2/${ours.id}/Users`, {
      headers: { 'content-type': 'application/json' },
      payload,
    });
    expect(answer.statusCode).toBe(401);
  });

  it('accepts the token during a flood of calls with invalid tokens', async () => {
    expect((await call(ours.token)).statusCode).toBe(200);
    const crowd = Array.from({ length: 200 }, () => call(`Bearer ${newSecret('tgs_')}`));
    const [known, first] = await Promise.all([call(ours.token), call(theirs.token, theirs.id)]);
    expect([known.statusCode, first.statusCode]).toEqual([200, 200]);
    expect((await Promise.all(crowd)).every(({ statusCode }) => statusCode === 401)).toBe(true);
  });

  it('refuses API keys', async () => {
    const { id, token } = ours;
    expect((await call(`Bearer ${API_KEY}`)).statusCode).toBe(401);
    const answer = await gateway.request('GET', `/api/v1/integrations/${id}`, { headers: { authorization: token } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
  });

  it('refuses a revoked token within a second', async () => {
    const integration = await newIntegration(gateway);
    expect((await integration.scim('GET', '/Users')).statusCode).toBe(200);
    expect(
      (await gateway.api('DELETE', `/integrations/${integration.id}/tokens/${integration.tokenId}`)).statusCode,
    ).toBe(204);
    await eventually(async () => expect((await integration.scim('GET', '/Users')).statusCode).toBe(401));
  });

  it('refuses tokens of a deleted integration', async () => {
    const integration = await newIntegration(gateway);
    const { name } = (await gateway.api('GET', `/integrations/${integration.id}`)).json();
    await gateway.api('DELETE', `/integrations/${integration.id}?confirm=${encodeURIComponent(name)}`);
    expect((await integration.scim('GET', '/Users')).statusCode).toBe(401);
  });

  it('makes the integration active at the first authenticated call, with one event', async () => {
    const integration = await newIntegration(gateway);
    const status = async () => (await gateway.api('GET', `/integrations/${integration.id}`)).json().status;
    await gateway.request('GET', `/scim/v2/${integration.id}/Users`, { headers: { authorization: 'non-token' } });
    expect(await status()).toBe('initializing');
    await Promise.all([
      integration.scim('GET', '/Users'),
      integration.scim('GET', '/Groups'),
      integration.scim('GET', '/Schemas'),
    ]);
    expect(await status()).toBe('active');
    const published = () => gateway.transport.events.filter((event) => event.integrationId === integration.id);
    await eventually(() =>
      expect(published().map((event) => [event.name, event.version])).toEqual([
        ['integration.created', 1],
        ['integration.connected', 2],
      ]),
    );
  });

  it('cannot be bypassed by another spelling of the path', async () => {
    const spellings = [
      `/scim/v2/${ours.id}/%55sers`,
      `/scim/v2/${ours.id}%2FUsers`,
      `/scim%2Fv2%2F${ours.id}%2FUsers`,
      `/%73cim/v2/${ours.id}/Users`,
      `//scim/v2/${ours.id}/Users`,
      `/scim//v2/${ours.id}/Users`,
      `/scim/v2/${ours.id}/./Users`,
      `/scim/v2/x/../${ours.id}/Users`,
      `/SCIM/V2/${ours.id}/USERS`,
      `/scim/v2/${ours.id}/Users/`,
      `/scim/v2/${ours.id}/Users;a=b`,
      `/scim/v2/${ours.id}/Users.`,
      `/scim/v2/${ours.id}/Users%00`,
      `/scim/v2/${ours.id}/%`,
      `http://elsewhere/scim/v2/${ours.id}/Users`,
      '/api/v1/integrations/',
      '/api/v1//integrations',
      '/%61pi/v1/integrations',
      '/API/v1/integrations',
    ];
    const asked = gateway.transport.asked.length;
    for (const path of spellings) {
      const { statusCode } = await gateway.request('GET', path);
      expect([path, [400, 401, 404].includes(statusCode)]).toEqual([path, true]);
    }
    expect(gateway.transport.asked).toHaveLength(asked);
  });
});
