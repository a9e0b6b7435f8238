import { type CommandData, type RequestableRecord } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { REQUESTABLE_EXAMPLES } from '../src/api/requestable/examples.js';
import { ORIGIN } from './browser.js';
import { newIntegration, openGateway, type TestGateway } from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

type Person = Awaited<ReturnType<People['person']>>;

const recordOf = (integrationId: string, userId: string): RequestableRecord => {
  const { integrationName: _, ...record } = REQUESTABLE_EXAMPLES.RequestableView;
  return { ...record, integrationId, userId, flowId: uuidv7() };
};

describe('what people can request', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let [here, there] = ['', ''];
  let [alice, bob, carol, dan]: Person[] = [];
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [here, there] = [(await newIntegration(gateway, { name: 'Here' })).id, (await newIntegration(gateway)).id];
    const people = await People.at(gateway, issuer, [here, there]);
    alice = await people.person({ of: [here] });
    bob = await people.person({ of: [here] });
    carol = await people.person({ of: [here, there] });
    dan = await people.person({ of: [there], roles: [{ role: 'admin', integrationIds: [here] }] });
    gateway.transport.handlers['requests.requestable'] = ({ userIds }, { integrationIds }) => ({
      items: [recordOf(integrationIds[0]!, userIds[0]!)],
      nextCursor: 'more',
    });
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const asked = () => {
    const { asking, data } = gateway.transport.last('requests.requestable');
    const { userIds } = data as CommandData<'requests.requestable'>;
    return { integrationIds: [...asking.integrationIds].sort(), userIds: [...userIds].sort() };
  };
  const ask = (person: Person, query = '') => person.api('GET', `/requestable${query}`);
  const usersOf = (person: Person, ...where: string[]) => where.map((id) => person.users[id]).sort();

  it('a person sees what its own users can request, with the name of the integration', async () => {
    const answer = await ask(alice!, '?limit=1&cursor=x');
    expect([answer.statusCode, asked()]).toEqual([200, { integrationIds: [here], userIds: usersOf(alice!, here) }]);
    expect(answer.json()).toMatchObject({
      items: [{ integrationId: here, integrationName: 'Here', userId: alice!.users[here] }],
      nextCursor: 'more',
    });
    expect(gateway.transport.last('requests.requestable').data).toMatchObject({
      limit: 1,
      cursor: 'x',
      asMember: true,
    });
    expect((await ask(carol!)).statusCode).toBe(200);
    expect(asked()).toEqual({ integrationIds: [here, there].sort(), userIds: usersOf(carol!, here, there) });
    expect((await ask(carol!, `?integrationId=${there}`)).statusCode).toBe(200);
    expect(asked()).toEqual({ integrationIds: [there], userIds: usersOf(carol!, there) });
    expect((await ask(dan!)).statusCode).toBe(200);
    expect(asked()).toEqual({ integrationIds: [there], userIds: usersOf(dan!, there) });
  });

  it('an item stays although the name of its integration is unknown', async () => {
    const before = gateway.transport.handlers['requests.requestable'];
    gateway.transport.handlers['requests.requestable'] = ({ userIds }) => ({
      items: [recordOf(uuidv7(), userIds[0]!)],
      nextCursor: null,
    });
    try {
      expect((await ask(alice!)).json()).toMatchObject({ items: [{ integrationName: null }], nextCursor: null });
    } finally {
      gateway.transport.handlers['requests.requestable'] = before!;
    }
  });

  it('members cannot ask for others, nor in integrations where they are no users', async () => {
    const before = gateway.transport.asked.length;
    for (const userId of [bob!.users[here], carol!.users[there], uuidv7()])
      expect((await ask(alice!, `?userId=${userId}`)).statusCode).toBe(403);
    expect((await ask(alice!, `?integrationId=${there}&userId=${alice!.users[here]}`)).statusCode).toBe(403);
    expect((await ask(alice!, `?integrationId=${there}`)).json()).toEqual({ items: [], nextCursor: null });
    expect(gateway.transport.asked).toHaveLength(before);
  });

  it('administrators ask for others in their integrations, and keys must name the user', async () => {
    expect((await ask(dan!, `?userId=${alice!.users[here]}`)).statusCode).toBe(200);
    expect(asked()).toEqual({ integrationIds: [here], userIds: usersOf(alice!, here) });
    const nobody = await gateway.api('GET', '/requestable');
    expect([nobody.statusCode, nobody.json().errors]).toMatchObject([400, [{ field: 'userId' }]]);
    const query = `?userId=${alice!.users[here]}&integrationId=${here}`;
    expect((await gateway.api('GET', `/requestable${query}`)).statusCode).toBe(200);
    expect(gateway.transport.last('requests.requestable').data).toMatchObject({ integrationId: here });
    expect(gateway.transport.last('requests.requestable').data).not.toHaveProperty('asMember');
    const body = { name: 'reader', scopes: ['access:read'], integrationIds: [there] };
    const { key } = (await gateway.api('POST', '/api-keys', body)).json<{ key: string }>();
    const headers = { authorization: `Bearer ${key}` };
    expect((await gateway.request('GET', `/api/v1/requestable${query}`, { headers })).statusCode).toBe(200);
    expect(asked().integrationIds).toEqual([there]);
  });
});
