import { type CommandData, USERS_AT_ONCE } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { type ApiCommands } from '../src/api/common/api-commands.service.js';
import { type UserOf, UserNames } from '../src/api/common/user-names.service.js';
import { type HttpCall } from '../src/callers/call.js';
import { type Reach } from '../src/callers/roles.js';
import { ORIGIN } from './browser.js';
import { newIntegration, openGateway, type TestGateway } from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

type Person = Awaited<ReturnType<People['person']>>;

describe('the names of users in what the gateway stores', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let here: string;
  let [alice, dan]: Person[] = [];
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    here = (await newIntegration(gateway)).id;
    const people = await People.at(gateway, issuer, [here]);
    alice = await people.person({ of: [here] });
    dan = await people.person({ of: [here], roles: [{ role: 'admin', integrationIds: [here] }] });
  });
  beforeEach(() => {
    gateway.transport.handlers['references.names'] = ({ userIds }, { integrationIds }) => ({
      users: userIds.map((id) => ({ ...named(id), id, integrationId: integrationIds[0]! })),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const named = (id: string) =>
    id === alice!.users[here]
      ? { userName: 'alice@acme.example', displayName: 'Alice' }
      : { userName: 'dan@acme.example', displayName: null };
  const lookups = () => gateway.transport.asked.filter(({ name }) => name === 'references.names');
  const byDan = () => ({ kind: 'person', userId: dan!.users[here], userName: 'dan@acme.example' });
  const role = () => ({ integrationId: here, userId: alice!.users[here], role: 'auditor', integrationIds: [here] });

  it('are in the actors of tokens, OAuth clients, secrets and integrations', async () => {
    const tokens = `/integrations/${here}/tokens`;
    const token = (await dan!.api('POST', tokens, {})).json<{ id: string }>();
    expect(token).toMatchObject({ createdBy: byDan() });
    const { items } = (await dan!.api('GET', tokens)).json<{ items: object[] }>();
    expect(items).toContainEqual(
      expect.objectContaining({ id: token.id, createdBy: expect.objectContaining(byDan()) }),
    );
    const client = `/integrations/${here}/oauth-client`;
    const made = await dan!.api('POST', client, { appName: 'acme_tidegate_1' });
    const expected = { createdBy: byDan(), updatedBy: null, secrets: [{ createdBy: byDan() }] };
    expect(made.json()).toMatchObject(expected);
    expect((await dan!.api('GET', client)).json()).toMatchObject(expected);
    const changed = await dan!.api('PATCH', client, { appName: 'acme_tidegate_2' });
    expect(changed.json()).toMatchObject({ updatedBy: byDan() });
    expect((await dan!.api('POST', `${client}/secrets`, {})).json()).toMatchObject({ createdBy: byDan() });
    const path = `/integrations/${here}`;
    const saved = await dan!.api('PATCH', path, { disconnectedAfterSeconds: 3600 });
    expect(saved.json()).toMatchObject({ updatedBy: byDan() });
    expect((await dan!.api('GET', path)).json()).toMatchObject({ updatedBy: byDan() });
    expect((await dan!.api('GET', '/integrations')).json()).toMatchObject({ items: [{ updatedBy: byDan() }] });
    const { name } = saved.json<{ name: string }>();
    for (const [action, body] of [['disable', { confirm: name }], ['enable']] as const)
      expect((await dan!.api('POST', `${path}/${action}`, body ?? {})).json()).toMatchObject({ updatedBy: byDan() });
  });

  it('are in role assignments that were made for a user', async () => {
    const names = { userName: 'alice@acme.example', userDisplayName: 'Alice' };
    expect((await dan!.api('POST', '/role-assignments', role())).json()).toMatchObject(names);
    const { items } = (await dan!.api('GET', '/role-assignments')).json<{ items: object[] }>();
    expect(items).toMatchObject([
      { userId: null, userName: null, userDisplayName: null },
      { userId: alice!.users[here], ...names },
    ]);
  });

  it('are looked up once for a page, in its integration, and not at all for a page without users', async () => {
    const tokens = `/integrations/${here}/tokens`;
    let before = lookups().length;
    await dan!.api('GET', tokens);
    expect(lookups().slice(before)).toMatchObject([
      { data: { userIds: [dan!.users[here]] }, asking: { integrationIds: [here] } },
    ]);
    before = lookups().length;
    const other = await newIntegration(gateway);
    await gateway.api('GET', `/integrations/${other.id}/tokens`);
    expect(lookups().length).toBe(before);
  });

  it('are missing when access-flow does not respond', async () => {
    await dan!.api('POST', '/role-assignments', role());
    delete gateway.transport.handlers['references.names'];
    const { items } = (await dan!.api('GET', `/integrations/${here}/tokens`)).json<{
      items: { createdBy: object }[];
    }>();
    const [, token] = items;
    expect(token!.createdBy).toMatchObject({ kind: 'person', userId: dan!.users[here] });
    expect(token!.createdBy).not.toHaveProperty('userName');
    const path = `/integrations/${here}`;
    expect((await dan!.api('PATCH', path, { disconnectedAfterSeconds: 7200 })).statusCode).toBe(200);
    const roles = await dan!.api('GET', '/role-assignments');
    const unnamed = { userId: alice!.users[here], userName: null, userDisplayName: null };
    expect([roles.statusCode, roles.json<{ items: object[] }>().items]).toMatchObject([200, [{}, unnamed]]);
  });
});

describe('a look-up of names', () => {
  type Asked = CommandData<'references.names'> & { reach: Reach; milliseconds: number };
  const asked: Asked[] = [];
  beforeEach(() => (asked.length = 0));

  /** @param fails whether the command with this number fails */
  const userNames = (fails: (n: number) => boolean = () => false) => {
    const askBriefly = (_: string, _call: HttpCall, { userIds }: Asked, reach: string[], milliseconds: number) => {
      asked.push({ userIds, reach, milliseconds });
      if (fails(asked.length)) return Promise.reject(new Error('unavailable'));
      const users = userIds.flatMap((id) =>
        reach.map((integrationId) => ({ id, integrationId, userName: `${id} of ${integrationId}`, displayName: null })),
      );
      return Promise.resolve({ users });
    };
    return new UserNames({ askBriefly } as unknown as ApiCommands);
  };
  const callOf = (reach: Reach) => ({ access: { reach, own: { own: 'alice' } } }) as unknown as HttpCall;
  const [bob, bobThere] = [
    { integrationId: 'here', userId: 'bob' },
    { integrationId: 'there', userId: 'bob' },
  ];

  it('names each user of its integration, and only where the caller has the scope', async () => {
    const namesOf = await userNames().of([bob, bobThere, bob], callOf('all'));
    expect([namesOf('here', 'bob'), namesOf('there', 'bob'), namesOf('third', 'bob')]).toMatchObject([
      { userName: 'bob of here' },
      { userName: 'bob of there' },
      undefined,
    ]);
    expect(asked).toMatchObject([{ userIds: ['bob'], reach: ['here', 'there'] }]);
    const limited = await userNames().of([bob, bobThere, { integrationId: 'own', userId: 'alice' }], callOf(['here']));
    expect([limited('here', 'bob')?.userName, limited('there', 'bob'), limited('own', 'alice')]).toEqual([
      'bob of here',
      undefined,
      undefined,
    ]);
    expect(asked.slice(1)).toMatchObject([{ userIds: ['bob'], reach: ['here'] }]);
    await userNames().of([bob], callOf([]));
    expect(asked).toHaveLength(2);
  });

  it('asks for a limited number of users and a short time, and stops after a failure', async () => {
    const users = Array.from({ length: 2 * USERS_AT_ONCE + 1 }, (): UserOf => ({ ...bob, userId: uuidv7() }));
    const namesOf = await userNames((n) => n === 2).of(users, callOf('all'));
    expect(asked.map(({ userIds }) => userIds.length)).toEqual([USERS_AT_ONCE, USERS_AT_ONCE]);
    for (const { milliseconds } of asked) expect(milliseconds).toBeLessThanOrEqual(2_000);
    expect(users.filter(({ userId }) => namesOf('here', userId))).toHaveLength(USERS_AT_ONCE);
    asked.length = 0;
    await userNames().of(users, callOf('all'));
    expect(asked.map(({ userIds }) => userIds.length)).toEqual([USERS_AT_ONCE, USERS_AT_ONCE, 1]);
  });
});
