import { Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { alice, bob, eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  userRecord,
} from './harness.js';

const patch = (active: boolean) => ({ Operations: [{ op: 'replace', value: { active } }] });

describe('when identity is unavailable', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  beforeAll(async () => {
    gateway = await openGateway({ maxWaitingCalls: 4 });
    okta = await newIntegration(gateway);
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    gateway.transport.handlers = {};
  });

  const refuse = (code: 'unavailable' | 'deadline' | 'uniqueness') => (): never => {
    throw new Refusal(code, 'Set by the test.');
  };
  const ids = (name: 'users.create' | 'groups.create') =>
    gateway.transport.asked.filter((command) => command.name === name).map(({ asking }) => asking.commandId);

  it.each([
    ['GET', '/Users', undefined],
    ['GET', `/Users/${uuidv7()}`, undefined],
    ['POST', '/Users', alice()],
    ['PUT', `/Users/${uuidv7()}`, alice()],
    ['PATCH', `/Users/${uuidv7()}`, patch(false)],
    ['DELETE', `/Users/${uuidv7()}`, undefined],
    ['GET', '/Groups', undefined],
    ['POST', '/Groups', { displayName: 'Auditors' }],
    ['PATCH', `/Groups/${uuidv7()}`, patch(true)],
    ['DELETE', `/Groups/${uuidv7()}`, undefined],
  ])('responds to %s %s with 429 and an integer Retry-After', async (method, path, body) => {
    const answer = await okta.scim(method, path, body);
    expect([answer.statusCode, answer.headers['retry-after'], answer.json().status]).toEqual([429, '30', '429']);
  });

  it('returns the user on retry of a create that succeeded without a response', async () => {
    gateway.transport.handlers['users.create'] = refuse('deadline');
    expect((await okta.scim('POST', '/Users', alice())).statusCode).toBe(429);
    const first = ids('users.create').at(-1);
    const made = userRecord();
    gateway.transport.handlers['users.create'] = (_, { commandId }) =>
      commandId === first ? made : refuse('uniqueness')();
    // Okta sends a different random password with each attempt.
    const again = await okta.scim('POST', '/Users', alice({ password: 'another one' }));
    expect([again.statusCode, again.json().id]).toEqual([201, made.id]);
  });

  it('finds the successful attempt among several', async () => {
    gateway.transport.handlers['users.create'] = refuse('unavailable');
    for (let i = 0; i < 3; i++) await okta.scim('POST', '/Users', bob());
    const [, second] = ids('users.create').slice(-3);
    gateway.transport.handlers['users.create'] = (_, { commandId }) =>
      commandId === second ? userRecord() : refuse('uniqueness')();
    expect((await okta.scim('POST', '/Users', bob())).statusCode).toBe(201);
  });

  it('does not treat a different user as a retry', async () => {
    const other = await newIntegration(gateway);
    gateway.transport.handlers['users.create'] = refuse('unavailable');
    await other.scim('POST', '/Users', alice({ userName: 'twin' }));
    gateway.transport.handlers['users.create'] = refuse('uniqueness');
    const asked = gateway.transport.asked.length;
    expect((await okta.scim('POST', '/Users', alice({ userName: 'twin' }))).statusCode).toBe(409);
    expect((await other.scim('POST', '/Users', alice({ userName: 'twin', locale: 'de' }))).statusCode).toBe(409);
    expect(gateway.transport.asked).toHaveLength(asked + 2);
  });

  it('retries the create of a group with its first command id, once', async () => {
    gateway.transport.handlers['groups.create'] = refuse('unavailable');
    await okta.scim('POST', '/Groups', { displayName: 'Operators' });
    const made = groupRecord();
    gateway.transport.handlers['groups.create'] = () => made;
    for (let i = 0; i < 2; i++)
      expect((await okta.scim('POST', '/Groups', { displayName: 'Operators' })).statusCode).toBe(201);
    const [first, repeat, another] = ids('groups.create').slice(-3);
    expect(repeat).toBe(first);
    expect(another).not.toBe(first);
  });

  it('responds with 429 when the database is unavailable or the attempt cannot be stored', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const fresh = await newIntegration(gateway);
    const database = jest.spyOn(gateway.app.get(Database), 'transaction');
    try {
      database.mockRejectedValueOnce(away);
      const unknown = await fresh.scim('GET', '/Users');
      expect([unknown.statusCode, unknown.headers['retry-after']]).toEqual([429, '30']);
      gateway.transport.handlers['users.create'] = refuse('deadline');
      await fresh.scim('POST', '/Users', alice());
      database.mockRejectedValueOnce(away);
      expect((await fresh.scim('POST', '/Users', alice())).statusCode).toBe(429);
    } finally {
      database.mockRestore();
    }
  });

  describe('and calls are in progress', () => {
    let open: () => void;
    let asked: number;
    beforeEach(() => {
      gateway.transport.gate = new Promise((resolve) => (open = resolve));
      gateway.transport.handlers = {
        'users.list': () => ({ totalResults: 0, items: [] }),
        'users.patch': ({ id }) => userRecord({ id }),
        'users.delete': () => ({}),
      };
      asked = gateway.transport.asked.length;
    });
    afterEach(() => {
      gateway.transport.gate = Promise.resolve();
    });
    const underWay = (count: number) => eventually(() => expect(gateway.transport.asked).toHaveLength(asked + count));
    const deactivate = (integration: TestIntegration, ballast = '') =>
      integration.scim('PATCH', `/Users/${uuidv7()}`, { ...patch(false), ballast });
    const statuses = async (answers: ReturnType<TestIntegration['scim']>[]) =>
      (await Promise.all(answers)).map((answer) => answer.statusCode);

    it('refuses excess calls, but none that remove access', async () => {
      const waiting = [okta.scim('GET', '/Users'), okta.scim('GET', '/Users')];
      await underWay(2);
      const turnedAway = await okta.scim('PATCH', `/Users/${uuidv7()}`, patch(true));
      expect([turnedAway.statusCode, turnedAway.headers['retry-after']]).toEqual([429, '30']);
      expect(await statuses([deactivate(okta, 'x'.repeat(200_000))])).toEqual([429]);
      const urgent = [deactivate(okta), okta.scim('DELETE', `/Users/${uuidv7()}`)];
      await underWay(4);
      open();
      expect(await statuses([...waiting, ...urgent])).toEqual([200, 200, 200, 204]);
      expect((await okta.scim('GET', '/Users')).statusCode).toBe(200);
    });

    it('leaves capacity to other integrations', async () => {
      const other = await newIntegration(gateway);
      const waiting = [1, 2, 3].map(() => okta.scim('GET', '/Users'));
      await underWay(2);
      const others = [1, 2].map(() => other.scim('GET', '/Users'));
      await underWay(4);
      open();
      expect((await statuses(waiting)).sort()).toEqual([200, 200, 429]);
      expect(await statuses(others)).toEqual([200, 200]);
    });

    it("does not delay an integration by another's flood of deactivations, and drops none of them", async () => {
      const other = await newIntegration(gateway);
      const flood = Array.from({ length: 40 }, () => deactivate(okta));
      await underWay(4);
      const others = deactivate(other);
      await underWay(5);
      expect(gateway.transport.asked.at(-1)?.asking).toMatchObject({ integrationIds: [other.id], urgent: true });
      open();
      expect(await statuses([others, ...flood])).toEqual(Array<number>(41).fill(200));
      expect(gateway.transport.asked).toHaveLength(asked + 41);
    });
  });

  it('responds to /api/v1 with 503', async () => {
    const answer = await gateway.api('GET', `/integrations/${okta.id}/users`);
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { status: 503, title: 'Service Unavailable' }]);
  });
});

describe('many concurrent calls of one integration', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  it('searches and group changes leave workers of identity to others, and none is dropped', async () => {
    const [busy, other] = [await newIntegration(gateway), await newIntegration(gateway)];
    const { transport } = gateway;
    let open = () => {};
    transport.gate = new Promise((resolve) => (open = resolve));
    transport.handlers = {
      'users.list': () => ({ totalResults: 0, items: [] }),
      'groups.patch': ({ id }) => groupRecord({ id }),
      'users.get': ({ id }) => userRecord({ id }),
    };
    const underWay = (count: number) => eventually(() => expect(transport.asked).toHaveLength(count));
    const rename = { Operations: [{ op: 'replace', value: { displayName: 'Operators' } }] };
    const answers = [1, 2, 3].flatMap(() => [
      busy.scim('GET', '/Users?filter=title%20co%20%22x%22'),
      busy.scim('PATCH', `/Groups/${uuidv7()}`, rename),
    ]);
    await underWay(2);
    answers.push(busy.scim('GET', `/Users/${uuidv7()}`), other.scim('GET', '/Users'));
    await underWay(4);
    open();
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual(Array<number>(8).fill(200));
  });

  it('creates are sent eight at a time, and none is dropped', async () => {
    const [busy, other] = [await newIntegration(gateway), await newIntegration(gateway)];
    const { transport } = gateway;
    const asked = transport.asked.length;
    let open = () => {};
    transport.gate = new Promise((resolve) => (open = resolve));
    transport.handlers = { 'users.create': () => userRecord() };
    const underWay = (count: number) => eventually(() => expect(transport.asked).toHaveLength(asked + count));
    const answers = Array.from({ length: 20 }, () => busy.scim('POST', '/Users', alice()));
    await underWay(8);
    answers.push(other.scim('POST', '/Users', alice()));
    await underWay(9);
    expect(transport.asked.at(-1)?.asking.integrationIds).toEqual([other.id]);
    open();
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual(Array<number>(21).fill(201));
  });

  it('bulk requests send two commands at a time, with deactivations still urgent', async () => {
    const busy = await newIntegration(gateway);
    const { transport } = gateway;
    const asked = transport.asked.length;
    let open = () => {};
    transport.gate = new Promise((resolve) => (open = resolve));
    transport.handlers = { 'users.create': () => userRecord(), 'users.delete': () => ({}) };
    const underWay = (count: number) => eventually(() => expect(transport.asked).toHaveLength(asked + count));
    const bulk = (operation: object) =>
      busy.scim('POST', '/Bulk', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: [operation],
      });
    const create = { method: 'POST', path: '/Users', bulkId: 'a', data: alice() };
    const answers = Array.from({ length: 6 }, () => bulk(create));
    await underWay(2);
    answers.push(bulk({ method: 'DELETE', path: `/Users/${uuidv7()}` }));
    await underWay(3);
    expect(transport.asked.at(-1)).toMatchObject({ name: 'users.delete', asking: { urgent: true } });
    open();
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual(Array<number>(7).fill(200));
    expect(transport.asked).toHaveLength(asked + 7);
  });
});
