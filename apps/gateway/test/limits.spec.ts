import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { v7 as uuidv7 } from 'uuid';
import { ORIGIN } from './browser.js';
import { API_KEY, type TestGateway, newIntegration, openGateway } from './harness.js';
import { Issuer } from './issuer.js';
import { asOwner } from './owner.js';
import { People } from './people.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const count = (statuses: number[], status: number) => statuses.filter((each) => each === status).length;

describe('limits', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let people: People;
  let [here, there] = ['', ''];
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN, poolSize: 12 }), Issuer.start()]);
    [here, there] = [(await newIntegration(gateway)).id, (await newIntegration(gateway)).id];
    people = await People.at(gateway, issuer, [here]);
    await gateway.app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });
  afterEach(() =>
    asOwner(gateway, async (query) => {
      await query('DELETE FROM gateway.api_keys');
      return query('DELETE FROM gateway.role_assignments');
    }),
  );

  type Api = (method: string, path: string, body?: object) => Promise<{ statusCode: number; body: string }>;
  const root: Api = (method, path, body) => gateway.api(method, path, body);
  const by =
    (key: string): Api =>
    (method, path, payload) =>
      gateway.request(method, `/api/v1${path}`, {
        headers: { authorization: `Bearer ${key}` },
        ...(payload ? { payload } : {}),
      });
  const post = async (api: Api, path: string, body: object) => (await api('POST', path, body)).statusCode;
  const newKey = async (body: object): Promise<string> =>
    (await gateway.api('POST', '/api-keys', { name: 'test', ...body })).json<{ key: string }>().key;
  /** Inserts keys directly. */
  const fillKeys = (integrationIds: string[] | null, howMany: number) =>
    asOwner(gateway, (query) =>
      query(
        `INSERT INTO gateway.api_keys (id, name, hash, hint, integration_ids)
         SELECT gen_random_uuid(), 'filling', sha256(gen_random_uuid()::text::bytea), '', $1::uuid[]
         FROM generate_series(1, $2::int)`,
        [integrationIds, howMany],
      ),
    );
  const fillRoles = (integrationIds: string[] | null, howMany: number) =>
    asOwner(gateway, (query) =>
      query(
        `INSERT INTO gateway.role_assignments (id, issuer, subject, role, integration_ids)
         SELECT gen_random_uuid(), $1, 'erin ' || i, 'auditor', $2::uuid[] FROM generate_series(1, $3::int) AS i`,
        [issuer.url, integrationIds, howMany],
      ),
    );
  const key = (integrationIds?: string[]) => ({
    name: 'one more',
    scopes: ['integrations:read'],
    ...(integrationIds ? { integrationIds } : {}),
  });
  const role = (integrationIds?: string[]) => ({
    issuer: issuer.url,
    subject: `carol ${uuidv7()}`,
    role: 'auditor',
    ...(integrationIds ? { integrationIds } : {}),
  });

  describe('of API keys', () => {
    it('hold for concurrent creates', async () => {
      await fillKeys(null, 495);
      const statuses = await Promise.all(range(20).map(() => post(root, '/api-keys', key())));
      expect([count(statuses, 201), count(statuses, 409)]).toEqual([5, 15]);
    });

    it('of one integration do not affect others or root administrators', async () => {
      const api = by(await newKey({ scopes: ['all'], integrationIds: [here] }));
      await fillKeys([here], 77); // the key itself is one more
      const statuses = await Promise.all(range(6).map(() => post(api, '/api-keys', key([here]))));
      expect([count(statuses, 201), count(statuses, 409)]).toEqual([2, 4]);
      expect((await api('POST', '/api-keys', key([here]))).body).toMatch(
        /The limit of 80 API keys for one integration is reached/,
      );
      const elsewhere = by(await newKey({ scopes: ['all'], integrationIds: [there] }));
      expect(await post(elsewhere, '/api-keys', key([there]))).toBe(201);
      expect([await post(root, '/api-keys', key([here])), await post(root, '/api-keys', key())]).toEqual([201, 201]);
    });

    it('reserve the last keys of all integrations for root administrators', async () => {
      const api = by(await newKey({ scopes: ['keys:write', 'integrations:read'] }));
      await fillKeys(null, 479);
      expect([await post(api, '/api-keys', key()), await post(root, '/api-keys', key())]).toEqual([409, 201]);
      expect(await post(api, '/api-keys', key([here]))).toBe(201);
    });

    it('hold per creator, except for root administrators', async () => {
      const dan = await people.person({ roles: [{ role: 'admin', integrationIds: [here, there] }] });
      await asOwner(gateway, (query) =>
        query(
          `INSERT INTO gateway.api_keys (id, name, hash, hint, integration_ids, maker_kind, maker_issuer, maker_subject)
           SELECT gen_random_uuid(), 'his', sha256(gen_random_uuid()::text::bytea), '', ARRAY[CASE i % 2 WHEN 0 THEN $1 ELSE $2 END]::uuid[],
                  'person', $3, $4 FROM generate_series(1, 99) AS i`,
          [here, there, issuer.url, dan.subject],
        ),
      );
      const make = () => post((method, path, body) => dan.api(method, path, body), '/api-keys', key([here]));
      const statuses = [await make(), await make()];
      expect(statuses).toEqual([201, 409]);
      expect(await post(root, '/api-keys', key([here]))).toBe(201);
    });
  });

  describe('of roles', () => {
    it('hold for concurrent assignments', async () => {
      await fillRoles(null, 1_995);
      const statuses = await Promise.all(range(20).map(() => post(root, '/role-assignments', role())));
      expect([count(statuses, 201), count(statuses, 409)]).toEqual([5, 15]);
    });

    it('of one integration do not affect others or root administrators', async () => {
      const api = by(await newKey({ scopes: ['all'], integrationIds: [here] }));
      await fillRoles([here], 449);
      const statuses = await Promise.all(range(4).map(() => post(api, '/role-assignments', role([here]))));
      expect([count(statuses, 201), count(statuses, 409)]).toEqual([1, 3]);
      expect(await post(root, '/role-assignments', role([here]))).toBe(201);
      expect(await post(root, '/role-assignments', role())).toBe(201);
    });
  });

  describe('of event streams', () => {
    let streams: IncomingMessage[] = [];
    afterEach(() => {
      for (const stream of streams) stream.destroy();
      streams = [];
    });
    const open = async (credential: string, path = '/integrations/events'): Promise<number> => {
      const headers = { authorization: `Bearer ${credential}` };
      const asked = request(`${await gateway.app.getUrl()}/api/v1${path}`, { headers, agent: false });
      asked.on('error', () => undefined).end(); // closed by the test
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.on('error', () => undefined).resume();
      streams.push(answer);
      return answer.statusCode ?? 0;
    };

    it('leave streams to callers outside of one integration', async () => {
      const keys = await Promise.all(
        range(11).map(() => newKey({ scopes: ['integrations:read'], integrationIds: [here] })),
      );
      const statuses: number[] = [];
      for (const each of keys) statuses.push(...(await Promise.all(range(20).map(() => open(each)))));
      expect([count(statuses, 200), count(statuses, 429)]).toEqual([60, 160]);
      const other = await newKey({ scopes: ['integrations:read'], integrationIds: [there] });
      expect([await open(other), await open(API_KEY), await open(API_KEY, `/integrations/${here}/events`)]).toEqual([
        200, 200, 200,
      ]);
    });
  });
});
