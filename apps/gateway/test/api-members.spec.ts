import { eventually } from '@tidegate/testing';
import { type Actor, type GrantRecord, Refusal, type RequestRecord, type ReviewRecord } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { Browser, ORIGIN } from './browser.js';
import {
  API_KEY,
  flowRecord,
  grantRecord,
  groupRecord,
  isVisible,
  newIntegration,
  openGateway,
  openStep,
  requestRecord,
  type TestGateway,
  userRecord,
} from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

const NOON = '2026-01-02T12:00:00.000Z';

type Person = Awaited<ReturnType<People['person']>>;

describe('access requests of people', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let [here, there] = ['', ''];
  let [alice, bob, carol, dan]: Person[] = [];
  let requests: RequestRecord[];
  let grants: GrantRecord[];
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [here, there] = [(await newIntegration(gateway)).id, (await newIntegration(gateway)).id];
    const people = await People.at(gateway, issuer, [here, there]);
    alice = await people.person({ of: [here] });
    bob = await people.person({ of: [here] });
    carol = await people.person({ of: [here, there] });
    dan = await people.person({ of: [there], roles: [{ role: 'admin', integrationIds: [here] }] });
    const at = <T extends { integrationId: string }>(rows: T[], ids: string[]) =>
      rows.filter(({ integrationId }) => ids.includes(integrationId));
    Object.assign(gateway.transport.handlers, {
      'flows.list': () => ({ items: [], nextCursor: null }),
      'flows.get': ({ id }) => flowRecord({ id, integrationId: here }),
      'requests.create': () => requests[0],
      'requests.list': () => ({ items: [], nextCursor: null }),
      'requests.get': ({ id, visibleTo }, { integrationIds }) => {
        const request = at(requests, integrationIds).find((each) => each.id === id);
        if (!request || !isVisible(request, visibleTo)) throw new Refusal('missing', 'No such request.');
        return request;
      },
      'requests.review': () => requests[0],
      'requests.cancel': () => requests[0],
      'grants.list': () => ({ items: [], nextCursor: null }),
      'grants.get': ({ id }, { integrationIds }) => at(grants, integrationIds).find((each) => each.grantId === id)!,
      'grants.revoke': () => grants[0],
      'grants.extend': () => ({ ...grants[0], extensionRequestId: null }),
    } as typeof gateway.transport.handlers);
  });
  beforeEach(() => {
    const about = { integrationId: here, userId: alice!.users[here]! };
    requests = [requestRecord({ ...about, steps: [openStep(bob!.users[here]!)] })];
    grants = [grantRecord({ ...about, requestId: requests[0]!.id })];
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const ask = (person: Person, userId: string, more: object = {}) =>
    person.api('POST', '/access-requests', {
      flowId: uuidv7(),
      groupId: uuidv7(),
      durationSeconds: 60,
      userId,
      ...more,
    });
  const last = (name: Parameters<typeof gateway.transport.last>[0]) => gateway.transport.last(name);

  it('members request for themselves and others in their own integration, and the flow decides for whom', async () => {
    const [{ id }] = requests as [RequestRecord];
    const memberId = alice!.users[here]!;
    for (const userId of [memberId, bob!.users[here]!, uuidv7()]) {
      const answer = await ask(alice!, userId);
      expect([answer.statusCode, answer.json()]).toMatchObject([201, { id }]);
      expect(last('requests.create')).toMatchObject({ asking: { integrationIds: [here] }, data: { userId, memberId } });
      expect(last('requests.create').asking.context.actor).toMatchObject({ kind: 'person', userId: memberId });
    }
    expect((await ask(carol!, carol!.users[there]!)).statusCode).toBe(201);
    expect(last('requests.create').asking.integrationIds).toEqual([there]);
    const before = gateway.transport.asked.length;
    const other = await ask(alice!, bob!.users[here]!, { integrationId: there });
    expect([other.statusCode, other.json().errors]).toMatchObject([400, [{ field: 'integrationId' }]]);
    const chosen = await ask(alice!, bob!.users[here]!, { memberId: bob!.users[here] });
    expect([chosen.statusCode, chosen.json().errors]).toMatchObject([400, [{ field: 'memberId' }]]);
    expect(gateway.transport.asked).toHaveLength(before);
  });

  it('a manager who requested for a report sees, cancels and extends the access; others do not', async () => {
    const [manager, report] = [carol!.users[here]!, alice!.users[here]!];
    const login = { issuer: issuer.url, subject: carol!.subject };
    const requestedBy: Actor = { kind: 'person', ...login, userId: manager };
    requests = requests.map((one) => ({ ...one, requestedBy }));
    const [{ id }] = requests as [RequestRecord];
    const [{ grantId }] = grants as [GrantRecord];
    const body = { flowId: undefined, integrationId: here };
    expect((await ask(carol!, report, body)).json()).toMatchObject({ id, requestedBy: { userId: manager } });
    expect(last('requests.create').data).toMatchObject({ userId: report, memberId: manager });
    expect(last('requests.create').data).not.toHaveProperty('flowId');
    expect((await carol!.api('GET', `/access-requests/${id}`)).statusCode).toBe(200);
    expect((await carol!.api('POST', `/access-requests/${id}/cancel`)).statusCode).toBe(200);
    expect((await carol!.api('GET', `/grants/${grantId}`)).statusCode).toBe(200);
    // The rule for the holder applies, although the manager has no role.
    expect((await carol!.api('POST', `/grants/${grantId}/extend`, { durationSeconds: 60 })).statusCode).toBe(200);
    expect(last('grants.extend').data).toMatchObject({ isHolder: true });
    expect((await carol!.api('POST', `/grants/${grantId}/revoke`)).statusCode).toBe(404);
    expect((await bob!.api('GET', `/grants/${grantId}`)).statusCode).toBe(404);
  });

  it('a request without a flow is in the integration of the person; of several ones it must be named', async () => {
    const groupOnly = (person: Person, more: object = {}) =>
      person.api('POST', '/access-requests', { groupId: uuidv7(), durationSeconds: 60, ...more });
    expect((await groupOnly(alice!)).statusCode).toBe(201);
    expect(last('requests.create')).toMatchObject({
      asking: { integrationIds: [here] },
      data: { userId: alice!.users[here], memberId: alice!.users[here] },
    });
    const unclear = await groupOnly(carol!);
    expect([unclear.statusCode, unclear.json().errors]).toMatchObject([400, [{ field: 'integrationId' }]]);
    expect((await groupOnly(carol!, { integrationId: there })).statusCode).toBe(201);
    expect(last('requests.create').asking.integrationIds).toEqual([there]);
    expect((await groupOnly(carol!, { userId: carol!.users[here] })).statusCode).toBe(201);
    expect(last('requests.create').asking.integrationIds).toEqual([here]);
    // dan administers the other integration, but is a user only of this one.
    expect((await groupOnly(dan!)).statusCode).toBe(201);
    expect(last('requests.create')).toMatchObject({
      asking: { integrationIds: [there] },
      data: { userId: dan!.users[there], memberId: dan!.users[there] },
    });
  });

  it('administrators can request for others in their integrations', async () => {
    expect((await ask(dan!, alice!.users[here]!)).statusCode).toBe(201);
    expect(last('requests.create').asking.integrationIds).toEqual([here]);
    expect(last('requests.create').data).not.toHaveProperty('memberId');
    expect((await ask(dan!, dan!.users[there]!)).statusCode).toBe(201);
    expect(last('requests.create').asking.integrationIds).toEqual([there]);
  });

  it.each(['/access-requests', '/grants'])('%s shows members only their own items', async (path) => {
    const name = path === '/grants' ? 'grants.list' : 'requests.list';
    expect((await alice!.api('GET', path)).statusCode).toBe(200);
    expect(last(name)).toMatchObject({ asking: { integrationIds: [here] }, data: { userId: alice!.users[here] } });
    expect((await alice!.api('GET', `${path}?userId=${bob!.users[here]}`)).statusCode).toBe(403);
    expect((await alice!.api('GET', `${path}?integrationId=${there}`)).statusCode).toBe(403);
    const unclear = await carol!.api('GET', path);
    expect([unclear.statusCode, unclear.json().errors]).toMatchObject([400, [{ field: 'integrationId' }]]);
    expect((await carol!.api('GET', `${path}?integrationId=${there}`)).statusCode).toBe(200);
    expect(last(name)).toMatchObject({ asking: { integrationIds: [there] }, data: { userId: carol!.users[there] } });
    expect((await dan!.api('GET', path)).statusCode).toBe(200);
    expect(last(name)).toMatchObject({ asking: { integrationIds: [here] }, data: { limit: 50 } });
    expect(last(name).data).not.toHaveProperty('userId');
    expect((await dan!.api('GET', `${path}?userId=${dan!.users[there]}`)).statusCode).toBe(200);
    expect(last(name)).toMatchObject({ asking: { integrationIds: [there] }, data: { userId: dan!.users[there] } });
  });

  it('members see flows they are eligible for; administrators see all', async () => {
    const id = uuidv7();
    const own = (person: Person, ...where: string[]) =>
      where.map((integrationId) => ({ integrationId, userId: person.users[integrationId] }));
    for (const [person, integrationIds, visibleTo] of [
      [alice!, [here], own(alice!, here)],
      [carol!, [here, there], own(carol!, here, there)],
      [dan!, [here, there], own(dan!, there)],
    ] as const) {
      expect((await person.api('GET', '/access-flows')).statusCode).toBe(200);
      expect((await person.api('GET', `/access-flows/${id}`)).statusCode).toBe(200);
      for (const name of ['flows.list', 'flows.get'] as const) {
        const { asking, data } = last(name);
        expect([...asking.integrationIds].sort()).toEqual([...integrationIds].sort());
        expect(data).toMatchObject({ visibleTo: expect.arrayContaining(visibleTo) });
        expect((data as { visibleTo: object[] }).visibleTo).toHaveLength(visibleTo.length);
      }
    }
    expect((await gateway.api('GET', '/access-flows')).statusCode).toBe(200);
    expect(last('flows.list').data).toEqual({ limit: 50 });
  });

  it('members see groups they can request or are in; administrators see all', async () => {
    const [ours, other] = [uuidv7(), uuidv7()];
    Object.assign(gateway.transport.handlers, {
      'groups.get': ({ id }) => groupRecord({ id, attributes: { displayName: 'Deploy' } }),
      'flows.groupVisible': ({ groupId }) => ({ visible: groupId === ours }),
    } as typeof gateway.transport.handlers);
    const path = (where: string, id: string) => `/integrations/${where}/groups/${id}`;
    const shown = await alice!.api('GET', path(here, ours));
    expect([shown.statusCode, shown.json()]).toMatchObject([200, { displayName: 'Deploy' }]);
    expect(last('flows.groupVisible')).toMatchObject({
      asking: { integrationIds: [here] },
      data: { userId: alice!.users[here], groupId: ours },
    });
    const asked = gateway.transport.asked.filter(({ name }) => name === 'groups.get').length;
    const hidden = await alice!.api('GET', path(here, other));
    expect([hidden.statusCode, hidden.body]).toEqual([404, expect.not.stringContaining('Deploy')]);
    expect((await dan!.api('GET', path(there, other))).statusCode).toBe(404);
    expect(gateway.transport.asked.filter(({ name }) => name === 'groups.get')).toHaveLength(asked);
    expect((await dan!.api('GET', path(here, other))).statusCode).toBe(200);
    expect((await gateway.api('GET', path(there, other))).statusCode).toBe(200);
  });

  it('people list the requests that their users can review', async () => {
    expect((await bob!.api('GET', '/access-requests?reviewable=true')).statusCode).toBe(200);
    const mine = { status: 'pending', approverIds: [bob!.users[here]] };
    expect(last('requests.list')).toMatchObject({ asking: { integrationIds: [here] }, data: mine });
    expect((await carol!.api('GET', '/access-requests?reviewable=true')).statusCode).toBe(200);
    const { asking, data } = last('requests.list');
    expect([...asking.integrationIds].sort()).toEqual([here, there].sort());
    expect((data as { approverIds: string[] }).approverIds.sort()).toEqual(Object.values(carol!.users).sort());
    // Administrators cannot review where they are not a user.
    expect((await dan!.api('GET', `/access-requests?reviewable=true&integrationId=${there}`)).statusCode).toBe(200);
    expect(last('requests.list')).toMatchObject({ asking: { integrationIds: [there] } });
    const asked = gateway.transport.asked.length;
    const nothing = await dan!.api('GET', `/access-requests?reviewable=true&integrationId=${here}`);
    expect([nothing.statusCode, nothing.json()]).toEqual([200, { items: [], nextCursor: null }]);
    const decided = await bob!.api('GET', '/access-requests?reviewable=true&status=denied');
    expect([decided.statusCode, decided.json().errors]).toMatchObject([400, [{ field: 'status' }]]);
    expect(gateway.transport.asked).toHaveLength(asked);
  });

  it('lists requests by approver; members can only name themselves', async () => {
    const of = (person: Person) => `/access-requests?approverId=${person.users[here]}`;
    expect((await bob!.api('GET', of(bob!))).statusCode).toBe(200);
    const mine = { approverIds: [bob!.users[here]] };
    expect(last('requests.list')).toMatchObject({ asking: { integrationIds: [here] }, data: mine });
    expect(last('requests.list').data).not.toHaveProperty('userId');
    expect((await alice!.api('GET', of(bob!))).statusCode).toBe(403);
    expect((await dan!.api('GET', of(bob!))).statusCode).toBe(200);
    expect(last('requests.list')).toMatchObject({ asking: { integrationIds: [here] }, data: mine });
  });

  it('requests are visible to requester, approvers and administrators only', async () => {
    const [{ id }] = requests as [RequestRecord];
    const statuses = [];
    for (const person of [alice!, bob!, carol!, dan!])
      statuses.push((await person.api('GET', `/access-requests/${id}`)).statusCode);
    expect(statuses).toEqual([200, 200, 404, 200]);
  });

  it('people cannot review requests of their other accounts, logged in or by API key', async () => {
    const before = gateway.transport.handlers['users.get'];
    const [request] = requests;
    const decide = (api: Person, body: object = {}) => api.api('POST', `/access-requests/${request!.id}/approve`, body);
    const made = await gateway.api('POST', '/role-assignments', {
      issuer: issuer.url,
      subject: bob!.subject,
      role: 'admin',
      integrationId: here,
    });
    expect(made.statusCode).toBe(201);
    let key = '';
    await eventually(async () => {
      const answer = await bob!.api('POST', '/api-keys', { name: 'x', scopes: ['access:review-as', 'access:write'] });
      expect(answer.statusCode).toBe(201);
      ({ key } = answer.json<{ key: string }>());
    });
    const byKey = () =>
      gateway.request('POST', `/api/v1/access-requests/${request!.id}/approve`, {
        headers: { authorization: `Bearer ${key}` },
        payload: { reviewerId: carol!.users[here] },
      });
    const extend = () =>
      gateway.request('POST', `/api/v1/grants/${grants[0]!.grantId}/extend`, {
        headers: { authorization: `Bearer ${key}` },
        payload: { durationSeconds: 60 },
      });
    expect([(await decide(bob!)).statusCode, (await byKey()).statusCode]).toEqual([200, 200]);
    expect((await extend()).statusCode).toBe(200);
    expect(last('grants.extend').data).not.toHaveProperty('isHolder');
    gateway.transport.handlers['users.get'] = ({ id }) =>
      userRecord({ id, attributes: { userName: 'second.account@example.com', externalId: bob!.subject } });
    try {
      for (const answer of [await decide(bob!), await byKey()])
        expect([answer.statusCode, answer.json().detail]).toEqual([403, 'You cannot review your own request.']);
      expect((await extend()).statusCode).toBe(200);
      expect(last('grants.extend').data).toMatchObject({ id: grants[0]!.grantId, isHolder: true });
    } finally {
      gateway.transport.handlers['users.get'] = before!;
      await gateway.api('DELETE', `/role-assignments/${made.json<{ id: string }>().id}`);
      await eventually(async () => expect((await bob!.api('GET', '/api-keys')).statusCode).toBe(403));
    }
  });

  it('actors have logins and networks for administrators only', async () => {
    const userId = uuidv7();
    const by: Actor = { kind: 'person', issuer: 'https://acme.okta.com', subject: '00u1', userId, network: '::/48' };
    const seen = { kind: 'person', userId };
    const about = { verdict: 'deny' as const, comment: null, createdAt: NOON };
    const review: ReviewRecord = {
      ...{ step: 0, durationSeconds: null, sources: ['user'], counts: true },
      ...{ reviewerId: userId, reviewerName: 'bob@acme.example', reviewedBy: by },
      ...about,
    };
    requests = requests.map((one) => ({ ...one, requestedBy: by, reviews: [review] }));
    grants = grants.map((one) => ({ ...one, extendedBy: by, revokedBy: by }));
    const flow = flowRecord({ integrationId: here, createdBy: by, updatedBy: by });
    gateway.transport.handlers['flows.get'] = () => flow;
    gateway.transport.handlers['requests.list'] = () => ({ items: requests, nextCursor: null });
    for (const [person, shown] of [
      [alice!, seen],
      [dan!, by],
    ] as const) {
      const get = async (path: string) => (await person.api('GET', path)).json();
      const request = { requestedBy: shown, reviews: [{ ...review, reviewedBy: shown }] };
      expect(await get(`/access-requests/${requests[0]!.id}`)).toMatchObject(request);
      expect(await get('/access-requests')).toMatchObject({ items: [request] });
      expect((await get(`/access-requests/${requests[0]!.id}`)).requestedBy).toEqual(shown);
      expect(await get(`/grants/${grants[0]!.grantId}`)).toMatchObject({ extendedBy: shown, revokedBy: shown });
      const { createdBy, updatedBy } = await get(`/access-flows/${flow.id}`);
      expect({ createdBy, updatedBy }).toEqual({ createdBy: shown, updatedBy: shown });
    }
  });

  it('people can review only as themselves', async () => {
    const [{ id }] = requests as [RequestRecord];
    for (const verdict of ['approve', 'deny']) {
      const path = `/access-requests/${id}/${verdict}`;
      expect((await bob!.api('POST', path, {})).statusCode).toBe(200);
      expect(last('requests.review').data).toEqual({ id, verdict, reviewerId: bob!.users[here] });
      const asked = gateway.transport.asked.filter(({ name }) => name === 'requests.review').length;
      expect((await alice!.api('POST', path, { reviewerId: bob!.users[here] })).statusCode).toBe(403);
      expect((await dan!.api('POST', path, { reviewerId: bob!.users[here] })).statusCode).toBe(403);
      expect((await carol!.api('POST', path, {})).statusCode).toBe(404);
      expect(gateway.transport.asked.filter(({ name }) => name === 'requests.review')).toHaveLength(asked);
    }
  });

  it('administrators without a user review as themselves, but not when they logged in with a key', async () => {
    const [{ id }] = requests as [RequestRecord];
    const withKey = new Browser(gateway);
    await withKey.loginWithKey(API_KEY, '/');
    for (const verdict of ['approve', 'deny']) {
      const path = `/access-requests/${id}/${verdict}`;
      expect((await dan!.api('POST', path, { comment: 'No one else can.' })).statusCode).toBe(200);
      expect(last('requests.review').data).toEqual({ id, verdict, comment: 'No one else can.', asAdministrator: true });
      const { actor } = last('requests.review').asking.context;
      expect(actor).toMatchObject({ kind: 'person', subject: dan!.subject });
      expect(actor).not.toHaveProperty('userId');
      const asked = gateway.transport.asked.filter(({ name }) => name === 'requests.review').length;
      expect((await withKey.api('POST', path, {})).statusCode).toBe(403);
      expect(gateway.transport.asked.filter(({ name }) => name === 'requests.review')).toHaveLength(asked);
    }
  });

  it('an administrator who is the user of the request under another account cannot review it', async () => {
    const [{ id }] = requests as [RequestRecord];
    const before = gateway.transport.handlers['users.get'];
    gateway.transport.handlers['users.get'] = ({ id: userId }) =>
      userRecord({ id: userId, attributes: { userName: 'second@example.com', externalId: dan!.subject } });
    try {
      const answer = await dan!.api('POST', `/access-requests/${id}/approve`, {});
      expect([answer.statusCode, answer.json().detail]).toEqual([403, 'You cannot review your own request.']);
    } finally {
      gateway.transport.handlers['users.get'] = before!;
    }
  });

  it('users review their own requests as themselves: the step decides whether they can', async () => {
    const [{ id }] = requests as [RequestRecord];
    expect((await alice!.api('POST', `/access-requests/${id}/approve`, {})).statusCode).toBe(200);
    expect(last('requests.review').data).toEqual({ id, verdict: 'approve', reviewerId: alice!.users[here] });
  });

  it('the requester can cancel a request; an approver cannot', async () => {
    const [{ id }] = requests as [RequestRecord];
    const statuses = [];
    for (const person of [bob!, carol!, alice!, dan!])
      statuses.push((await person.api('POST', `/access-requests/${id}/cancel`)).statusCode);
    expect(statuses).toEqual([403, 404, 200, 200]);
  });

  it('members can revoke only their own grants', async () => {
    const [{ grantId }] = grants as [GrantRecord];
    const statuses = [];
    for (const person of [bob!, carol!, alice!, dan!])
      statuses.push((await person.api('POST', `/grants/${grantId}/revoke`)).statusCode);
    expect(statuses).toEqual([404, 404, 200, 200]);
    expect((await bob!.api('GET', `/grants/${grantId}`)).statusCode).toBe(404);
  });

  it('members extend their own grants, administrators all, and approvers none', async () => {
    const [{ id }] = grants as [GrantRecord];
    const own = { id, durationSeconds: 60, justification: 'The incident continues.' };
    const extend = async (person: Person) => {
      const { durationSeconds, justification } = own;
      return (await person.api('POST', `/grants/${id}/extend`, { durationSeconds, justification })).statusCode;
    };
    for (const [person, data] of [
      [alice!, { ...own, isHolder: true }],
      [dan!, own],
    ] as const) {
      expect(await extend(person)).toBe(200);
      expect(last('grants.extend').data).toEqual(data);
      expect(last('grants.extend').asking).toMatchObject({ integrationIds: [here] });
    }
    const asked = gateway.transport.asked.filter(({ name }) => name === 'grants.extend').length;
    expect([await extend(bob!), await extend(carol!)]).toEqual([404, 404]);
    expect(gateway.transport.asked.filter(({ name }) => name === 'grants.extend')).toHaveLength(asked);
  });

  it('members see only themselves in the directory', async () => {
    const users = `/integrations/${here}/users`;
    expect((await alice!.api('GET', `${users}/${alice!.users[here]}`)).statusCode).toBe(200);
    expect((await alice!.api('GET', `${users}/${bob!.users[here]}`)).statusCode).toBe(404);
    expect((await alice!.api('GET', `${users}/${bob!.users[here]}/groups`)).statusCode).toBe(404);
    expect((await alice!.api('GET', users)).statusCode).toBe(403);
    expect((await alice!.api('GET', `/integrations/${there}/users/${alice!.users[here]}`)).statusCode).toBe(404);
  });
});
