import { foldCase } from '@tidegate/scim';
import { type CommandData, type NameMatch, type ReferenceMatches } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { ORIGIN } from './browser.js';
import {
  flowRecord,
  grantRecord,
  newIntegration,
  openGateway,
  requestRecord,
  type TestGateway,
  updatedFlow,
} from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

type Person = Awaited<ReturnType<People['person']>>;
type Kind = keyof ReferenceMatches;

const EMPTY = { items: [], nextCursor: null };

describe('names instead of ids', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let [here, there] = ['', ''];
  let [alice, carol, dan]: Person[] = [];
  let reviewKey: string;
  /** The directory: what the command finds. */
  let known: (NameMatch & { kind: Kind })[];
  let [bob, deploy, flow]: NameMatch[] = [];

  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [here, there] = [(await newIntegration(gateway)).id, (await newIntegration(gateway)).id];
    const people = await People.at(gateway, issuer, [here, there]);
    alice = await people.person({ of: [here] });
    carol = await people.person({ of: [here, there] });
    dan = await people.person({ of: [there], roles: [{ role: 'admin', integrationIds: [here] }] });
    const made = await gateway.api('POST', '/api-keys', { name: 'reviews', scopes: ['access:review-as'] });
    reviewKey = made.json<{ key: string }>().key;
    const find = (
      data: CommandData<'references.resolve'>,
      integrationIds: readonly string[],
      kind: Kind,
      names: string[] = [],
    ) => {
      const mayFind = ({ id, integrationId }: NameMatch) => {
        const me = data.visibleTo?.find((member) => member.integrationId === integrationId);
        return !me || (kind === 'users' ? me.userId === id : id === deploy!.id);
      };
      return names.flatMap((name) =>
        known
          .filter((each) => each.kind === kind && integrationIds.includes(each.integrationId) && mayFind(each))
          .filter((each) => foldCase(each.name) === foldCase(name))
          .map(({ id, integrationId }) => ({ name, id, integrationId })),
      );
    };
    Object.assign(gateway.transport.handlers, {
      'references.resolve': (data, { integrationIds }) => ({
        users: find(data, integrationIds, 'users', data.userNames),
        groups: find(data, integrationIds, 'groups', data.groupNames),
        flows: find(data, integrationIds, 'flows', data.flowNames),
      }),
      'flows.create': (data) => flowRecord(data),
      'flows.get': ({ id }) => flowRecord({ id, integrationId: here }),
      'flows.update': ({ id }) => updatedFlow({ id, integrationId: here }),
      'requests.create': () => requestRecord({ integrationId: here }),
      'requests.get': ({ id }) => requestRecord({ id, integrationId: here }),
      'requests.review': () => requestRecord({ integrationId: here }),
      'requests.list': () => EMPTY,
      'grants.list': () => EMPTY,
      'grants.get': () => grantRecord(),
    } as typeof gateway.transport.handlers);
  });
  beforeEach(() => {
    known = [];
    const add = (kind: Kind, name: string, integrationId: string, id = uuidv7()) => {
      known.push({ kind, name, id, integrationId });
      return { name, id, integrationId };
    };
    bob = add('users', 'bob@example.com', here);
    add('users', 'bob@example.com', there);
    add('users', 'alice@example.com', here, alice!.users[here]);
    add('users', 'carol@example.com', here, carol!.users[here]);
    add('users', 'carol@example.com', there, carol!.users[there]);
    add('users', 'dan@example.com', there, dan!.users[there]);
    deploy = add('groups', 'Deploy', here);
    add('groups', 'Twice', here);
    add('groups', 'Twice', here);
    add('groups', 'Elsewhere', there);
    flow = add('flows', 'Night shift', here);
    add('flows', 'Everywhere', here);
    add('flows', 'Everywhere', there);
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const last = (name: Parameters<typeof gateway.transport.last>[0]) => gateway.transport.last(name);
  const resolves = () => gateway.transport.asked.filter(({ name }) => name === 'references.resolve').length;
  type Answer = Awaited<ReturnType<TestGateway['api']>>;
  const errors = async (answer: Promise<Answer>) => {
    const { statusCode, headers, json } = await answer;
    expect([statusCode, headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
    return json<{ errors: { field: string; message: string }[] }>().errors;
  };
  const review = (payload: object) =>
    gateway.request('POST', `/api/v1/access-requests/${uuidv7()}/approve`, {
      headers: { authorization: `Bearer ${reviewKey}` },
      payload,
    });
  const newFlow = (more: object) => ({
    integrationId: here,
    name: 'Night shift',
    eligibility: {
      kind: 'all',
      conditions: [
        { kind: 'group', operator: 'in', values: ['deploy'] },
        { kind: 'not', condition: { kind: 'user', operator: 'is', values: ['carol@example.com'] } },
        { kind: 'attribute', attribute: 'title', operator: 'is', values: ['Bob@Example.com'] },
      ],
    },
    groupIds: ['DEPLOY'],
    maxDurationSeconds: 3600,
    ownerIds: ['carol@example.com'],
    steps: [
      {
        quorum: 'any',
        approvers: [{ kind: 'manager' }, { kind: 'user', id: 'Bob@Example.com' }],
        fallback: { quorum: 'any', approvers: [{ kind: 'group', id: 'Deploy' }] },
        escalation: { quorum: 'any', approvers: [{ kind: 'user', id: 'bob@example.com' }], afterSeconds: 60 },
      },
    ],
    ...more,
  });
  const newRequest = (more: object = {}) => ({
    flowId: 'night SHIFT',
    userId: 'BOB@example.com',
    groupId: 'deploy',
    durationSeconds: 60,
    ...more,
  });

  it('flows take names in their conditions, steps and lists, in their integration', async () => {
    expect((await gateway.api('POST', '/access-flows', newFlow({}))).statusCode).toBe(201);
    const ids = {
      groupIds: [deploy!.id],
      ownerIds: [carol!.users[here]],
      eligibility: {
        kind: 'all',
        conditions: [
          { kind: 'group', operator: 'in', values: [deploy!.id] },
          { kind: 'not', condition: { kind: 'user', operator: 'is', values: [carol!.users[here]] } },
          { kind: 'attribute', attribute: 'title', operator: 'is', values: ['Bob@Example.com'] },
        ],
      },
      steps: [
        {
          quorum: 'any',
          approvers: [{ kind: 'manager' }, { kind: 'user', id: bob!.id }],
          fallback: { quorum: 'any', approvers: [{ kind: 'group', id: deploy!.id }] },
          escalation: { quorum: 'any', approvers: [{ kind: 'user', id: bob!.id }], afterSeconds: 60 },
        },
      ],
    };
    expect(last('references.resolve').asking.integrationIds).toEqual([here]);
    expect(last('flows.create').data).toEqual({ ...newFlow({}), ...ids });
    const id = uuidv7();
    for (const field of ['groupIds', 'ownerIds', 'eligibility', 'steps'] as const) {
      const change = { [field]: newFlow({})[field] };
      expect((await gateway.api('PATCH', `/access-flows/${id}`, change)).statusCode).toBe(200);
      expect(last('flows.update').data).toEqual({ id, settings: { [field]: ids[field] } });
    }
  });

  it('requests take names, in the integration of their flow', async () => {
    const ids = { flowId: flow!.id, userId: bob!.id, groupId: deploy!.id, durationSeconds: 60 };
    for (const flowId of ['night SHIFT', flow!.id, flow!.id.toUpperCase()]) {
      expect((await gateway.api('POST', '/access-requests', newRequest({ flowId }))).statusCode).toBe(201);
      expect(last('requests.create')).toMatchObject({ asking: { integrationIds: [here] }, data: ids });
      expect(last('references.resolve').asking.integrationIds).toEqual([here]);
    }
  });

  it('reviews take the userName of the reviewer', async () => {
    expect((await review({ reviewerId: 'BOB@example.com' })).statusCode).toBe(200);
    expect(last('requests.review').data).toMatchObject({ verdict: 'approve', reviewerId: bob!.id });
    expect(await errors(review({ reviewerId: 'nobody' }))).toEqual([
      { field: 'reviewerId', message: 'No user of this integration has the userName "nobody".' },
    ]);
  });

  it.each([
    ['grants', 'grants.list'],
    ['access-requests', 'requests.list'],
  ] as const)('the filters of %s take names and ids of users, groups and flows', async (path, command) => {
    const query = 'userId=bob@example.com&groupId=deploy&flowId=night%20shift&status=';
    const status = path === 'grants' ? 'active' : 'pending';
    expect((await gateway.api('GET', `/${path}?${query}${status}&integrationId=${here}`)).statusCode).toBe(200);
    expect(last('references.resolve').asking.integrationIds).toEqual([here]);
    const ids = { userId: bob!.id, groupId: deploy!.id, flowId: flow!.id };
    expect(last(command).data).toEqual({ limit: 50, integrationId: here, status, ...ids });
    const before = resolves();
    const byId = new URLSearchParams(ids).toString();
    expect((await gateway.api('GET', `/${path}?${byId}`)).statusCode).toBe(200);
    expect(last(command).data).toEqual({ limit: 50, ...ids });
    expect(resolves()).toBe(before);
    expect(await errors(gateway.api('GET', `/${path}?userId=bob@example.com`))).toEqual([
      { field: 'userId', message: 'Several users have this userName: give the id.' },
    ]);
    expect(await errors(gateway.api('GET', `/${path}?groupId=deploy&integrationId=${there}`))).toMatchObject([
      { field: 'groupId', message: 'No synced group of this integration has the name "deploy".' },
    ]);
  });

  it('the filter of requests by approver takes a userName', async () => {
    expect((await gateway.api('GET', '/access-requests?approverId=alice@example.com&groupId=deploy')).statusCode).toBe(
      200,
    );
    expect(last('requests.list').data).toEqual({
      limit: 50,
      approverIds: [alice!.users[here]],
      groupId: deploy!.id,
    });
  });

  it('without a name no command is sent to find it', async () => {
    const before = resolves();
    const body = newFlow({
      groupIds: [deploy!.id],
      eligibility: { kind: 'everyone' },
      ownerIds: [],
      steps: [],
    });
    expect((await gateway.api('POST', '/access-flows', body)).statusCode).toBe(201);
    const ids = { flowId: flow!.id, userId: bob!.id, groupId: deploy!.id };
    expect((await gateway.api('POST', '/access-requests', newRequest(ids))).statusCode).toBe(201);
    expect((await review({ reviewerId: bob!.id })).statusCode).toBe(200);
    for (const path of ['grants', 'access-requests'])
      expect((await gateway.api('GET', `/${path}`)).statusCode).toBe(200);
    expect(resolves()).toBe(before);
  });

  it('a UUID is always an id', async () => {
    known.push({ kind: 'groups', name: bob!.id, id: uuidv7(), integrationId: here });
    const groupIds = [bob!.id.toUpperCase()];
    expect((await gateway.api('POST', '/access-flows', newFlow({ groupIds }))).statusCode).toBe(201);
    expect(last('flows.create').data).toMatchObject({ groupIds: [bob!.id] });
  });

  it('unknown and ambiguous names are refused with the field and the reason, and nothing is done', async () => {
    const asked = () => gateway.transport.asked.filter(({ name }) => /create|update|list/.test(name)).length;
    const before = asked();
    const none = (name: string, what = 'synced group') => `No ${what} of this integration has the name "${name}".`;
    const noUser = (name: string) => `No user of this integration has the userName "${name}".`;
    const wrong = newFlow({
      groupIds: ['Twice', 'Deploy'],
      eligibility: {
        kind: 'any',
        conditions: [
          { kind: 'everyone' },
          { kind: 'not', condition: { kind: 'group', operator: 'in', values: ['Deploy', 'Elsewhere'] } },
          { kind: 'manager', operator: 'is', values: ['Deploy'] },
        ],
      },
      steps: [
        {
          quorum: 'any',
          approvers: [
            { kind: 'user', id: 'bob@example.com' },
            { kind: 'user', id: 'dan@example.com' },
          ],
          fallback: { quorum: 'any', approvers: [{ kind: 'group', id: 'Elsewhere' }] },
        },
      ],
    });
    expect(await errors(gateway.api('POST', '/access-flows', wrong))).toEqual([
      { field: 'groupIds', message: 'Several groups have this name: give the id.' },
      { field: 'eligibility.conditions[1].condition.values', message: none('Elsewhere') },
      { field: 'eligibility.conditions[2].values', message: noUser('Deploy') },
      { field: 'steps[0].approvers[1].id', message: noUser('dan@example.com') },
      { field: 'steps[0].fallback.approvers[0].id', message: none('Elsewhere') },
    ]);
    const twice = { groupIds: ['deploy', deploy!.id] };
    expect(await errors(gateway.api('PATCH', `/access-flows/${uuidv7()}`, twice))).toEqual([
      { field: 'groupIds', message: 'must not name the same object twice' },
    ]);
    const request = (more: object) => errors(gateway.api('POST', '/access-requests', newRequest(more)));
    expect(await request({ flowId: 'Everywhere' })).toEqual([
      { field: 'flowId', message: 'Several access flows have this name: give the id.' },
    ]);
    expect(await request({ flowId: 'unknown' })).toEqual([
      { field: 'flowId', message: 'No access flow has the name "unknown".' },
    ]);
    expect(await request({ userId: 'dan@example.com', groupId: 'Elsewhere' })).toEqual([
      { field: 'userId', message: 'No user of this integration has the userName "dan@example.com".' },
      { field: 'groupId', message: none('Elsewhere') },
    ]);
    expect(await request({ userId: undefined })).toMatchObject([{ field: 'userId' }]);
    expect(asked()).toBe(before);
  });

  it.each([
    ['', 'must have 1 to 1024 characters'],
    ['x'.repeat(1025), 'must have 1 to 1024 characters'],
    ['a\0b', 'contains characters that cannot be stored'],
    [17, 'must be a string'],
  ])('the reference %j is refused', async (groupId, message) => {
    const refused = errors(gateway.api('POST', '/access-requests', newRequest({ groupId })));
    expect(await refused).toEqual([{ field: 'groupId', message }]);
    const inFlow = errors(gateway.api('POST', '/access-flows', newFlow({ groupIds: [groupId] })));
    expect(await inFlow).toMatchObject([{ field: 'groupIds' }]);
  });

  describe('of members', () => {
    const mine = () => ({ integrationId: here, userId: alice!.users[here] });

    it('are their own userName, and what they can see', async () => {
      const body = newRequest({ flowId: flow!.id, userId: 'ALICE@example.com' });
      expect((await alice!.api('POST', '/access-requests', body)).statusCode).toBe(201);
      expect(last('references.resolve').data).toMatchObject({ visibleTo: [mine()] });
      expect(last('requests.create').data).toMatchObject({ userId: alice!.users[here], groupId: deploy!.id });
      expect((await alice!.api('GET', '/grants?userId=alice@example.com&groupId=deploy')).statusCode).toBe(200);
      expect(last('grants.list').data).toMatchObject({ userId: alice!.users[here], groupId: deploy!.id });
      expect((await alice!.api('GET', '/access-requests?approverId=alice@example.com')).statusCode).toBe(200);
      expect(last('requests.list').data).toMatchObject({ approverIds: [alice!.users[here]] });
    });

    it('are unknown otherwise, with the same answer as for names that nothing has', async () => {
      const request = (more: object) =>
        alice!.api('POST', '/access-requests', newRequest({ flowId: flow!.id, ...more }));
      const same = async (ask: (name: string) => Promise<Answer>, hidden: string) => {
        const [about, nothing] = [await errors(ask(hidden)), await errors(ask('nothing'))];
        expect(about).toEqual(nothing.map((each) => ({ ...each, message: each.message.replace('nothing', hidden) })));
      };
      await same((userId) => request({ userId }), 'bob@example.com');
      await same((groupId) => request({ userId: undefined, groupId }), 'Twice');
      await same((flowId) => request({ userId: undefined, flowId }), 'Night shift');
      await same((userId) => alice!.api('GET', `/grants?userId=${userId}`), 'bob@example.com');
      await same((flowId) => alice!.api('GET', `/access-requests?flowId=${flowId}`), 'Night shift');
      await same((id) => alice!.api('GET', `/access-requests?approverId=${id}`), 'bob@example.com');
      await same(
        (reviewerId) => alice!.api('POST', `/access-requests/${uuidv7()}/approve`, { reviewerId }),
        'bob@example.com',
      );
      await same((userId) => carol!.api('GET', `/grants?userId=${userId}`), 'bob@example.com');
    });

    it('are not needed for a request for another user, whose id is sent', async () => {
      const body = newRequest({ flowId: flow!.id, userId: bob!.id });
      expect((await alice!.api('POST', '/access-requests', body)).statusCode).toBe(201);
      expect(last('requests.create').data).toMatchObject({ userId: bob!.id, memberId: alice!.users[here] });
    });

    it('can be omitted in a request: it is then for their own user in the integration of the flow', async () => {
      for (const person of [alice!, carol!]) {
        const body = newRequest({ flowId: flow!.id, userId: undefined });
        expect((await person.api('POST', '/access-requests', body)).statusCode).toBe(201);
        expect(last('requests.create')).toMatchObject({
          asking: { integrationIds: [here] },
          data: { userId: person.users[here] },
        });
      }
      // dan administers this integration without being one of its users.
      const refused = errors(dan!.api('POST', '/access-requests', newRequest({ userId: undefined })));
      expect(await refused).toMatchObject([{ field: 'userId' }]);
      expect((await dan!.api('POST', '/access-requests', newRequest())).statusCode).toBe(201);
      expect(last('requests.create').data).toMatchObject({ userId: bob!.id });
    });
  });
});
