import { type CommandName } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import {
  flowRecord,
  grantRecord,
  newIntegration,
  openGateway,
  requestRecord,
  type TestGateway,
  type TestIntegration,
  userRecord,
} from './harness.js';

describe('commands of /api/v1', () => {
  let gateway: TestGateway;
  let here: TestIntegration;
  let there: TestIntegration;
  let open: () => void;
  let pending: Promise<unknown>[];
  beforeAll(async () => {
    gateway = await openGateway({ maxWaitingCalls: 400 });
    [here, there] = [await newIntegration(gateway), await newIntegration(gateway)];
    const integrationId = here.id;
    Object.assign(gateway.transport.handlers, {
      'users.page': () => ({ items: [], nextCursor: null }),
      'users.get': () => userRecord(),
      'users.list': () => ({ totalResults: 0, items: [] }),
      'grants.list': () => ({ items: [], nextCursor: null }),
      'grants.get': ({ id }: { id: string }) => grantRecord({ id, integrationId }),
      'grants.revoke': ({ id }: { id: string }) => grantRecord({ id, integrationId }),
      'flows.get': ({ id }: { id: string }) => flowRecord({ id, integrationId }),
      'flows.delete': () => ({}),
      'requests.get': ({ id }: { id: string }) => requestRecord({ id, integrationId }),
    });
  });
  beforeEach(() => {
    pending = [];
    gateway.transport.asked.length = 0;
    gateway.transport.gate = new Promise<void>((resolve) => (open = resolve));
  });
  afterEach(async () => {
    open();
    await Promise.all(pending);
  });
  afterAll(() => gateway.close());

  const newKey = async (...integrationIds: string[]) => {
    const asked = { name: 'flood', scopes: ['directory:read', 'access:read', 'access:write'], integrationIds };
    return (await gateway.api('POST', '/api-keys', asked)).json<{ key: string }>().key;
  };
  const by = (key: string, method: string, path: string) => {
    const answer = gateway.request(method, `/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
    pending.push(answer);
    return answer;
  };
  const asked = (name: CommandName) => gateway.transport.asked.filter((command) => command.name === name);
  const user = ({ id }: TestIntegration) => `/integrations/${id}/users/${uuidv7()}`;
  const users = ({ id }: TestIntegration) => `/integrations/${id}/users`;
  /** More commands than run at a time, in each lane. */
  const flood = (key: string, integration: TestIntegration) => {
    for (let i = 0; i < 6; i++) void by(key, 'GET', user(integration));
    for (let i = 0; i < 6; i++) void by(key, 'GET', users(integration));
  };

  it('of one integration run few at a time, across all keys', async () => {
    flood(await newKey(here.id), here);
    flood(await newKey(here.id), here);
    await eventually(() => expect([asked('users.get').length, asked('users.page').length]).toEqual([3, 2]));
    // Later commands of other integrations were sent first.
    const theirs = await newKey(there.id);
    void by(theirs, 'GET', user(there));
    void by(theirs, 'GET', users(there));
    void here.scim('GET', `/Users/${uuidv7()}`);
    await eventually(() => expect([asked('users.get').length, asked('users.page').length]).toEqual([5, 3]));
    open();
    const statuses = (await Promise.all(pending)).map((answer) => (answer as { statusCode: number }).statusCode);
    expect(statuses).toEqual(statuses.map(() => 200));
  });

  it('over several integrations share one queue, and do not delay those of one of them', async () => {
    const [first, second] = [await newKey(here.id, there.id), await newKey(there.id, here.id)];
    for (const key of [first, second, first, second]) void by(key, 'GET', '/grants');
    await eventually(() => expect(asked('grants.list')).toHaveLength(2));
    void by(await newKey(here.id), 'GET', '/grants');
    await eventually(() => expect(asked('grants.list')).toHaveLength(3));
    open();
    await Promise.all(pending);
    expect(asked('grants.list')).toHaveLength(5);
  });

  it('of one caller do not delay the revocations of another', async () => {
    const [flooding, other] = [await newKey(here.id), await newKey(here.id)];
    for (let i = 0; i < 20; i++) void by(flooding, 'POST', `/grants/${uuidv7()}/revoke`);
    await eventually(() => expect(asked('grants.get')).toHaveLength(1));
    void by(other, 'POST', `/grants/${uuidv7()}/revoke`);
    await eventually(() => expect(asked('grants.get')).toHaveLength(2));
  });

  it('that remove access bypass the queue and are urgent', async () => {
    const key = await newKey(here.id);
    flood(key, here);
    for (let i = 0; i < 30; i++) void by(key, 'GET', `/access-requests/${uuidv7()}`);
    await eventually(() => expect([asked('users.get').length, asked('users.page').length]).toEqual([2, 2]));
    void by(key, 'POST', `/grants/${uuidv7()}/revoke`);
    await eventually(() => expect(asked('grants.get')).toHaveLength(1));
    void by(key, 'DELETE', `/access-flows/${uuidv7()}`); // waits for the first: one urgent command per caller
    open();
    await Promise.all(pending);
    for (const name of ['grants.get', 'grants.revoke', 'flows.get', 'flows.delete'] as const)
      expect(asked(name).map(({ asking }) => asking.urgent)).toEqual([true]);
    expect(asked('users.get')[0]?.asking.urgent).toBeUndefined();
  });

  it('of one integration use at most a quarter of the capacity, and leave the rest to its SCIM client', async () => {
    const key = await newKey(here.id);
    const answers = Array.from({ length: 101 }, () => by(key, 'GET', user(here)));
    const refused = await Promise.race(answers);
    expect([refused.statusCode, refused.headers['content-type']]).toEqual([
      429,
      'application/problem+json; charset=utf-8',
    ]);
    const before = asked('users.get').length;
    void here.scim('GET', `/Users/${uuidv7()}`);
    await eventually(() => expect(asked('users.get')).toHaveLength(before + 1));
  });
});

describe('a command of /api/v1 that times out in the queue', () => {
  let gateway: TestGateway;
  beforeAll(async () => void (gateway = await openGateway({ apiSeconds: 1 })));
  afterAll(() => gateway.close());

  it('gets problem details and is not sent', async () => {
    const { id } = await newIntegration(gateway);
    gateway.transport.handlers['users.page'] = () => ({ items: [], nextCursor: null });
    let open = () => {};
    gateway.transport.gate = new Promise<void>((resolve) => (open = resolve));
    const answers = [1, 2, 3].map(() => gateway.api('GET', `/integrations/${id}/users`));
    const late = await Promise.race(answers);
    expect([late.statusCode, late.json<{ status: number }>().status]).toEqual([503, 503]);
    open();
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode).sort()).toEqual([200, 200, 503]);
    expect(gateway.transport.asked.filter(({ name }) => name === 'users.page')).toHaveLength(2);
  });
});
