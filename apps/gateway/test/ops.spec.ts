import { type AddressInfo } from 'node:net';
import { API_KEY, type TestGateway, openGateway } from './harness.js';

const TOKEN = 'a-token-for-tests-of-the-metrics';

describe('health and metrics of the gateway', () => {
  let gateway: TestGateway;
  let withToken: TestGateway;
  beforeAll(async () => {
    [gateway, withToken] = await Promise.all([openGateway(), openGateway({ metricsToken: TOKEN })]);
  });
  afterAll(() => Promise.all([gateway.close(), withToken.close()]));

  const read = (from: TestGateway, authorization?: string) =>
    from.request('GET', '/metrics', { headers: authorization === undefined ? {} : { authorization } });

  it('are not on the public port without a metrics token', async () => {
    for (const authorization of [undefined, '', 'Bearer ', 'Bearer undefined', `Bearer ${API_KEY}`]) {
      const answer = await read(gateway, authorization);
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([
        404,
        expect.stringContaining('problem+json'),
      ]);
      expect(answer.body).not.toContain('tidegate_');
    }
    for (const path of ['/livez', '/readyz']) expect((await gateway.request('GET', path)).statusCode).toBe(200);
  });

  it('are on the public port only with the token', async () => {
    for (const authorization of [undefined, TOKEN, `Bearer ${TOKEN}x`, `Bearer ${API_KEY}`, `Basic ${TOKEN}`]) {
      const answer = await read(withToken, authorization);
      expect([authorization, answer.statusCode]).toEqual([authorization, 401]);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    }
    const { statusCode, body } = await read(withToken, `Bearer ${TOKEN}`);
    expect([statusCode, body]).toEqual([200, expect.stringContaining('tidegate_outbox_unpublished')]);
  });

  it('are on a separate port, which has nothing else', async () => {
    await gateway.ops.listen(0, '127.0.0.1');
    const { port } = gateway.ops.getHttpServer().address() as AddressInfo;
    const get = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { authorization: `Bearer ${API_KEY}` },
      });
      return [answer.status, await answer.text()] as const;
    };
    expect(await get('/livez')).toEqual([200, '{"status":"ok"}']);
    expect(await get('/readyz')).toEqual([200, '{"status":"ok","checks":{}}']);
    expect(await get('/metrics')).toEqual([200, expect.stringContaining('tidegate_outbox_unpublished')]);
    for (const path of ['/api/v1/integrations', '/scim/v2/x/Users', '/login'])
      expect(await get(path)).toEqual([404, expect.any(String)]);
  });

  it('report not ready as soon as the gateway stops', async () => {
    const stopping = await openGateway();
    const readiness = async () => (await stopping.ops.inject({ method: 'GET', url: '/readyz' })).statusCode;
    try {
      expect(await readiness()).toBe(200);
      await stopping.app.close();
      expect(await readiness()).toBe(503);
    } finally {
      await stopping.close();
    }
  });
});
