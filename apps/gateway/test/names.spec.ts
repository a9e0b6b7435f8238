import { type FlowReply, type GrantReply, Refusal, type RequestRecord, type RequestReply } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { BOB_REF } from '../src/api/common/example-values.js';
import { Browser, ORIGIN } from './browser.js';
import {
  API_KEY,
  flowRecord,
  grantRecord,
  isVisible,
  newIntegration,
  openGateway,
  openStep,
  requestRecord,
  type TestGateway,
  updatedFlow,
} from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

type Person = Awaited<ReturnType<People['person']>>;

describe('the names in responses', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let here: Awaited<ReturnType<typeof newIntegration>>;
  let there: Awaited<ReturnType<typeof newIntegration>>;
  let [alice, bob, carol, dan]: Person[] = [];
  let [flow, request, grant]: [FlowReply?, RequestReply?, GrantReply?] = [];
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [here, there] = [await newIntegration(gateway), await newIntegration(gateway)];
    const people = await People.at(gateway, issuer, [here.id, there.id]);
    [alice, bob, carol] = [
      await people.person({ of: [here.id] }),
      await people.person({ of: [here.id] }),
      await people.person({ of: [here.id] }),
    ];
    dan = await people.person({ of: [there.id], roles: [{ role: 'admin', integrationIds: [here.id] }] });
    const id = bob.users[here.id]!;
    const steps = [openStep(id)];
    const user = (userId: string, name: string) => ({
      ...{ id: userId, userName: `${name}@acme.example`, displayName: null, active: true },
    });
    const users = [user(id, 'bob'), user(uuidv7(), 'erin')];
    const about = { integrationId: here.id, userId: alice.users[here.id]! };
    const otherGroups = [{ id: uuidv7(), name: 'Developers' }];
    flow = flowRecord({
      integrationId: here.id,
      labels: ['secret project'],
      eligibility: {
        kind: 'all',
        conditions: [
          { kind: 'group', operator: 'is', values: [otherGroups[0]!.id] },
          { kind: 'user', operator: 'isNot', values: [users[1]!.id] },
          { kind: 'attribute', attribute: 'title', operator: 'is', values: ['Chief of research'] },
        ],
      },
      steps: [{ quorum: 'any', approvers: [{ kind: 'user', id }] }],
      ownerIds: [users[1]!.id],
      users,
      otherGroups,
    });
    request = requestRecord({ ...about, steps, userName: 'alice@acme.example' });
    grant = grantRecord(about);
    Object.assign(gateway.transport.handlers, {
      'flows.get': () => flow,
      'flows.list': () => ({ items: [flow], nextCursor: null }),
      'flows.update': () => updatedFlow(flow),
      'requests.create': () => request,
      'requests.get': ({ visibleTo }, { integrationIds }) => {
        if (!integrationIds.includes(here.id) || !isVisible(request as RequestRecord, visibleTo))
          throw new Refusal('missing', 'No such request.');
        return request;
      },
      'requests.list': () => ({ items: [request], nextCursor: null }),
      'requests.review': () => request,
      'requests.cancel': () => request,
      'grants.get': () => grant,
      'grants.list': () => ({ items: [grant], nextCursor: null }),
      'grants.revoke': () => grant,
      'grants.extend': () => ({ ...grant, extensionRequestId: null }),
    } as typeof gateway.transport.handlers);
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const nameOf = async ({ id }: { id: string }) =>
    (await gateway.api('GET', `/integrations/${id}`)).json<{ name: string }>().name;

  it('contain the integration of requests, grants and flows', async () => {
    const integrationName = await nameOf(here);
    const body = { flowId: flow!.id, userId: request!.userId, groupId: request!.groupId, durationSeconds: 60 };
    for (const [method, path, sent] of [
      ['GET', `/access-requests/${request!.id}`],
      ['POST', '/access-requests', body],
      ['POST', `/access-requests/${request!.id}/cancel`],
      ['GET', `/grants/${grant!.id}`],
      ['POST', `/grants/${grant!.id}/revoke`],
      ['POST', `/grants/${grant!.id}/extend`, { durationSeconds: 60 }],
      ['GET', `/access-flows/${flow!.id}`],
      ['PATCH', `/access-flows/${flow!.id}`, {}],
    ] as [string, string, object?][]) {
      const answer = await gateway.api(method, path, sent);
      expect([path, answer.json()]).toEqual([path, expect.objectContaining({ integrationName })]);
    }
    const decided = await bob!.api('POST', `/access-requests/${request!.id}/deny`, {});
    expect(decided.json()).toMatchObject({ integrationName });
    for (const path of ['/access-requests', '/grants', '/access-flows'])
      expect((await gateway.api('GET', path)).json()).toMatchObject({ items: [{ integrationName }] });
  });

  it('follow a new name of the integration within seconds', async () => {
    const name = `Renamed ${there.id.slice(-6)}`;
    const path = `/grants/${grant!.id}`;
    const before = gateway.transport.handlers['grants.get'];
    gateway.transport.handlers['grants.get'] = () => ({ ...grant!, integrationId: there.id });
    try {
      expect((await gateway.api('GET', path)).json()).toMatchObject({ integrationName: await nameOf(there) });
      expect((await gateway.api('PATCH', `/integrations/${there.id}`, { name })).statusCode).toBe(200);
      await eventually(async () =>
        expect((await gateway.api('GET', path)).json()).toMatchObject({ integrationName: name }),
      );
    } finally {
      gateway.transport.handlers['grants.get'] = before!;
    }
  });

  it('show the approver who asks and the requester who decides; another member sees nothing', async () => {
    const path = `/access-requests/${request!.id}`;
    const names = { userName: 'alice@acme.example', steps: [{ approvers: [{ name: BOB_REF.userName }] }] };
    for (const person of [alice!, bob!, dan!]) expect((await person.api('GET', path)).json()).toMatchObject(names);
    const refused = await carol!.api('GET', path);
    expect([refused.statusCode, refused.body]).toEqual([404, expect.not.stringMatching(/alice|bob/)]);
  });

  it('of who else is eligible, and what administrators use, are shown to administrators only', async () => {
    const path = `/access-flows/${flow!.id}`;
    const { eligibility, labels, ownerIds, users, otherGroups, groups, steps } = flow!;
    const administrators = { eligibility, labels, ownerIds, users, otherGroups, groups, steps };
    expect((await dan!.api('GET', path)).json()).toMatchObject(administrators);
    const members = {
      ...{ eligibility: null, labels: [], ownerIds: [], otherGroups: [] },
      ...{ users: [users[0]], groups, steps },
    };
    for (const [person, where] of [
      [alice!, path],
      [bob!, path],
      [alice!, '/access-flows'],
    ] as const) {
      const shown = await person.api('GET', where);
      const [view] = where === path ? [shown.json()] : shown.json<{ items: object[] }>().items;
      expect(view).toMatchObject(members);
      expect(shown.body).not.toMatch(/Developers|erin|Chief of research|secret project/);
      for (const id of [otherGroups[0]!.id, ownerIds![0]!]) expect(shown.body).not.toContain(id);
    }
  });

  it('contain the integrations of API keys, roles and login providers', async () => {
    const [hereName, thereName] = [await nameOf(here), await nameOf(there)];
    const integrations = [{ id: here.id, name: hereName }];
    const key = { name: 'names', scopes: ['access:read'], integrationIds: [here.id] };
    expect((await gateway.api('POST', '/api-keys', key)).json()).toMatchObject({ integrations });
    const every = await gateway.api('POST', '/api-keys', { name: 'all', scopes: ['access:read'] });
    expect(every.json()).toMatchObject({ integrationIds: null, integrations: null });
    const { items } = (await gateway.api('GET', '/api-keys')).json<{ items: object[] }>();
    expect(items).toContainEqual(expect.objectContaining({ name: 'names', integrations }));
    const providers = (await gateway.api('GET', '/login-providers')).json<{ items: { id: string }[] }>().items;
    const both = [...integrations, { id: there.id, name: thereName }];
    expect(providers).toMatchObject([{ integrations: expect.arrayContaining(both) }]);
    expect((await gateway.api('GET', `/login-providers/${providers[0]!.id}`)).json()).toMatchObject(providers[0]!);
    const roles = (await gateway.api('GET', '/role-assignments')).json<{ items: object[] }>().items;
    expect(roles).toMatchObject([{ integrationId: there.id, integrationName: thereName, integrations }]);
  });

  it('are not those of integrations without access', async () => {
    // dan's role ends with a user of an integration that dan does not administer.
    const answer = await dan!.api('GET', '/role-assignments');
    expect(answer.json()).toMatchObject({
      items: [{ integrationId: there.id, integrationName: null, integrations: [{ id: here.id }] }],
    });
    expect(answer.body).not.toContain(await nameOf(there));
  });
});

describe('GET /me', () => {
  const INTEGRATIONS = 22;
  let gateway: TestGateway;
  let issuer: Issuer;
  let people: People;
  let ids: string[];
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    ids = [];
    for (let n = 0; n < INTEGRATIONS; n++) ids.push((await newIntegration(gateway)).id);
    people = await People.at(gateway, issuer, ids);
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  it('shows the name of the person and of their user in each integration', async () => {
    const [first, second] = ids as [string, string];
    const alice = await people.person({ of: [second, first] });
    const userName = `${alice.subject}@example.com`;
    const get = gateway.transport.handlers['users.get']!;
    gateway.transport.handlers['users.get'] = (data, asking) => {
      const user = get(data, asking);
      const isFirst = asking.integrationIds.includes(first);
      return { ...user, attributes: { ...user.attributes, ...(isFirst && { displayName: 'Alice Archer' }) } };
    };
    const me = (await alice.api('GET', '/me')).json<Record<string, unknown>>();
    gateway.transport.handlers['users.get'] = get;
    const { items } = (await gateway.api('GET', '/integrations?limit=200')).json<{ items: Record<string, string>[] }>();
    const nameOf = (wanted: string) => items.find(({ id }) => id === wanted)!.name;
    const own = (integrationId: string, userDisplayName: string | null) => {
      const userId = alice.users[integrationId];
      return { integrationId, integrationName: nameOf(integrationId), userId, userName, userDisplayName };
    };
    expect(me).toMatchObject({ name: 'Alice Archer', users: alice.users });
    expect(me.ownUsers).toEqual([own(first, 'Alice Archer'), own(second, null)]);
    expect(me.integrations).toEqual([first, second].map((id) => ({ id, name: nameOf(id) })));
  });

  it('is answered without names when the directory does not respond, and for a key', async () => {
    const bob = await people.person({ of: [ids[0]!] });
    const get = gateway.transport.handlers['users.get']!;
    delete gateway.transport.handlers['users.get'];
    const me = await bob.api('GET', '/me');
    gateway.transport.handlers['users.get'] = get;
    const ownUsers = [{ userId: bob.users[ids[0]!], userName: null, userDisplayName: null }];
    expect([me.statusCode, me.json()]).toMatchObject([200, { name: null, users: bob.users, ownUsers }]);
    const browser = new Browser(gateway);
    await browser.loginWithKey(API_KEY, '/');
    expect((await browser.api('GET', '/me')).json()).toMatchObject({ name: null, users: {}, ownUsers: [] });
  });

  it('looks up at most 20 users', async () => {
    const carol = await people.person({ of: ids });
    const count = () => gateway.transport.asked.filter(({ name }) => name === 'users.get').length;
    const before = count();
    const { ownUsers } = (await carol.api('GET', '/me')).json<{ ownUsers: { userName: string | null }[] }>();
    expect([count() - before, ownUsers.length]).toEqual([20, INTEGRATIONS]);
    expect(ownUsers.map(({ userName }) => userName === null)).toEqual(ids.map((_, at) => at >= 20));
  });
});
