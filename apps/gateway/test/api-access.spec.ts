import { Refusal } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { SCOPE_NAMES } from '../src/callers/roles.js';
import {
  API_KEY,
  flowRecord,
  grantRecord,
  newIntegration,
  openGateway,
  requestRecord,
  type TestGateway,
  updatedFlow,
  wrongFields,
} from './harness.js';

describe('access requests over the admin API', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  const fields = (method: string, path: string, body?: object) => wrongFields(gateway, method, path, body);

  const keyWith = async (scopes: readonly string[]) =>
    (await gateway.api('POST', '/api-keys', { name: 'test', scopes })).json<{ key: string }>().key;

  const flow = {
    name: 'Production databases',
    eligibility: { kind: 'everyone' },
    groupIds: [uuidv7()],
    maxDurationSeconds: 3600,
    steps: [{ quorum: 'any', approvers: [{ kind: 'user', id: uuidv7() }] }],
  };

  it('creates flows', async () => {
    const { id: integrationId } = await newIntegration(gateway);
    gateway.transport.handlers['flows.create'] = (data) => flowRecord(data);
    const answer = await gateway.api('POST', '/access-flows', { ...flow, integrationId });
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { ...flow, integrationId }]);
    expect(await fields('POST', '/access-flows', { ...flow, integrationId: uuidv7() })).toEqual(['integrationId']);
  });

  it.each([
    [{ eligibility: 'everyone' }, ['eligibility']],
    [{ eligibility: { kind: 'none' } }, ['eligibility.kind']],
    [
      { eligibility: { kind: 'not', condition: { kind: 'group', operator: 'like' } } },
      ['eligibility.condition.values'],
    ],
    [{ requesters: [] }, ['requesters']],
    [{ requesters: ['none'] }, ['requesters']],
    [{ steps: [{ quorum: 'any' }] }, ['steps.0.approvers']],
    [{ steps: [{ quorum: 'any', approvers: [{ kind: 'user', id: 7 }] }] }, ['steps.0.approvers.0.id']],
    [{ steps: [{ quorum: 'any', approvers: [{ kind: 'none' }] }] }, ['steps.0.approvers.0.kind']],
    [{ steps: null }, ['steps']],
    [{ extension: { approval: 'automatic', maxCount: 1 } }, ['extension.maxSeconds']],
    [{ groupIds: 'all' }, ['groupIds']],
    [{ maxDurationSeconds: '3600' }, ['maxDurationSeconds']],
    [{ maxDurationSeconds: 59 }, ['maxDurationSeconds']],
    [{ maxDurationSeconds: 1e99 }, ['maxDurationSeconds']],
    [{ enabled: 'yes' }, ['enabled']],
    [{ name: 'a\u0000b' }, ['name']],
    [{ integrationId: 'x' }, ['integrationId']],
  ])('reports invalid fields of a flow with %j', async (wrong, expected) => {
    expect(await fields('POST', '/access-flows', { ...flow, integrationId: uuidv7(), ...wrong })).toEqual(expected);
  });

  it('a refused deletion of a flow names what it would end, and the command has the confirmation', async () => {
    const { id: integrationId } = await newIntegration(gateway);
    const { id } = flowRecord({ integrationId });
    const detail = 'This would revoke 2 live grants.';
    gateway.transport.handlers['flows.get'] = () => flowRecord({ integrationId, id });
    gateway.transport.handlers['flows.delete'] = ({ confirm }) => {
      if (confirm !== 'On call & more') throw new Refusal('conflict', detail);
      return {};
    };
    const refused = await gateway.api('DELETE', `/access-flows/${id}`);
    expect([refused.statusCode, refused.json().detail]).toEqual([409, detail]);
    expect(gateway.transport.last('flows.delete').data).toEqual({ id });
    const confirm = encodeURIComponent('On call & more');
    expect((await gateway.api('DELETE', `/access-flows/${id}?confirm=${confirm}`)).statusCode).toBe(204);
    expect(gateway.transport.last('flows.delete').asking.integrationIds).toEqual([integrationId]);
    for (const wrong of ['x'.repeat(101), 'a&confirm=b'])
      expect(await fields('DELETE', `/access-flows/${id}?confirm=${wrong}`)).toEqual(['confirm']);
  });

  it('returns what a change of a flow does to requests and grants', async () => {
    const { id: integrationId } = await newIntegration(gateway);
    const counts = { cancelledRequests: 3, restartedRequests: 2, revokedGrants: 1 };
    const changed = updatedFlow({ integrationId, enabled: false, ...counts });
    gateway.transport.handlers['flows.get'] = () => changed;
    gateway.transport.handlers['flows.update'] = () => changed;
    const answer = await gateway.api('PATCH', `/access-flows/${changed.id}`, { enabled: false });
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { enabled: false, ...counts }]);
    expect(gateway.transport.last('flows.update').data).toEqual({ id: changed.id, settings: { enabled: false } });
  });

  it('a change of a flow is confirmed or validated only, by query parameters', async () => {
    const { id: integrationId } = await newIntegration(gateway);
    const { id } = flowRecord();
    const path = `/access-flows/${id}`;
    gateway.transport.handlers['flows.get'] = () => flowRecord({ integrationId, id });
    gateway.transport.handlers['flows.update'] = () => updatedFlow({ integrationId, id });
    const settings = { extension: null, pendingSeconds: null };
    for (const [query, options] of [
      ['confirm=On%20call%20%26%20more', { confirm: 'On call & more' }],
      ['validateOnly=true', { validateOnly: true }],
      ['validateOnly=false', {}],
    ] as const) {
      expect((await gateway.api('PATCH', `${path}?${query}`, settings)).statusCode).toBe(200);
      expect(gateway.transport.last('flows.update')).toMatchObject({ asking: { integrationIds: [integrationId] } });
      expect(gateway.transport.last('flows.update').data).toEqual({ id, settings, ...options });
    }
    expect(await fields('PATCH', `${path}?validateOnly=yes&confirm=`, settings)).toEqual(['validateOnly', 'confirm']);
    expect(await fields('PATCH', `${path}?force=true`, settings)).toEqual(['force']);
  });

  it('sends requests, reviews and grants to access-flow', async () => {
    const integrationName = 'Acme Okta for requests';
    const { id: integrationId } = await newIntegration(gateway, { name: integrationName });
    const request = requestRecord({ integrationId });
    const grant = grantRecord({ integrationId });
    Object.assign(gateway.transport.handlers, {
      'flows.get': ({ id }: { id: string }) => flowRecord({ id, integrationId }),
      'requests.create': () => request,
      'requests.get': () => request,
      'requests.review': () => request,
      'requests.cancel': () => request,
      'requests.list': () => ({ items: [request], nextCursor: null }),
      'grants.list': () => ({ items: [grant], nextCursor: null }),
      'grants.get': () => grant,
      'grants.revoke': () => grant,
      'grants.extend': () => ({ ...grant, extensionRequestId: request.id }),
    });
    const asked = { flowId: uuidv7(), userId: uuidv7(), groupId: uuidv7(), durationSeconds: 60 };
    expect((await gateway.api('POST', '/access-requests', asked)).statusCode).toBe(201);
    expect(gateway.transport.last('requests.create').data).toEqual(asked);
    const reviewerId = uuidv7();
    const reviewKey = await keyWith(['access:review-as']);
    for (const verdict of ['approve', 'deny'] as const) {
      const path = `/api/v1/access-requests/${request.id}/${verdict}`;
      const payload = { reviewerId, comment: 'Well.', ...(verdict === 'approve' && { durationSeconds: 60 }) };
      const answer = await gateway.request('POST', path, {
        headers: { authorization: `Bearer ${reviewKey}` },
        payload,
      });
      expect(answer.statusCode).toBe(200);
      expect(gateway.transport.last('requests.review').data).toEqual({
        id: request.id,
        verdict,
        ...payload,
      });
    }
    expect((await gateway.api('POST', `/access-requests/${request.id}/cancel`)).statusCode).toBe(200);
    expect((await gateway.api('GET', `/access-requests?status=pending&userId=${asked.userId}`)).statusCode).toBe(200);
    expect(gateway.transport.last('requests.list').data).toEqual({
      limit: 50,
      status: 'pending',
      userId: asked.userId,
    });
    expect((await gateway.api('GET', `/access-requests?approverId=${reviewerId}`)).statusCode).toBe(200);
    expect(gateway.transport.last('requests.list').data).toEqual({ limit: 50, approverIds: [reviewerId] });
    expect(await fields('GET', '/access-requests?reviewable=true')).toEqual(['reviewable']);
    expect(await fields('GET', '/access-requests?approverId=&reviewable=maybe')).toEqual(['approverId', 'reviewable']);
    expect((await gateway.api('GET', '/grants')).json().items).toEqual([{ ...grant, integrationName }]);
    expect((await gateway.api('POST', `/grants/${grant.id}/revoke`)).statusCode).toBe(200);
    const extension = { durationSeconds: 60, justification: 'The incident continues.' };
    const extended = await gateway.api('POST', `/grants/${grant.id}/extend`, extension);
    expect([extended.statusCode, extended.json()]).toMatchObject([200, { extensionRequestId: request.id }]);
    expect(gateway.transport.last('grants.extend').data).toEqual({ id: grant.id, ...extension });
    expect(await fields('GET', '/grants?status=maybe')).toEqual(['status']);
    const unnamed = await gateway.request('POST', `/api/v1/access-requests/${request.id}/deny`, {
      headers: { authorization: `Bearer ${reviewKey}` },
      payload: {},
    });
    expect([unnamed.statusCode, unnamed.json().errors]).toMatchObject([400, [{ field: 'reviewerId' }]]);
    expect(await fields('POST', `/grants/${grant.id}/extend`, { durationSeconds: -1 })).toEqual(['durationSeconds']);
  });

  it('a request is validated only, or repeated by its idempotency key', async () => {
    const { id: integrationId } = await newIntegration(gateway);
    const otherFlows = [{ id: uuidv7(), name: 'Night shift' }];
    gateway.transport.handlers['flows.get'] = ({ id }) => flowRecord({ id, integrationId });
    gateway.transport.handlers['requests.create'] = () => ({ ...requestRecord({ integrationId }), otherFlows });
    const startsAt = '2026-12-24T18:00:00Z';
    const asked = { flowId: uuidv7(), userId: uuidv7(), groupId: uuidv7(), durationSeconds: 60, startsAt };
    const send = (query: string, headers: Record<string, string>, payload: object = asked) =>
      gateway.request('POST', `/api/v1/access-requests${query}`, {
        headers: { authorization: `Bearer ${API_KEY}`, ...headers },
        payload,
      });
    for (const [query, headers, options] of [
      ['?validateOnly=true', {}, { validateOnly: true }],
      ['?validateOnly=false', {}, {}],
      ['', { 'idempotency-key': '"INC-204, alice"' }, { idempotencyKey: 'INC-204, alice' }],
      ['', { 'idempotency-key': 'INC-204' }, { idempotencyKey: 'INC-204' }],
    ] as const) {
      const answer = await send(query, headers);
      expect([answer.statusCode, answer.json()]).toMatchObject([201, { otherFlows }]);
      expect(gateway.transport.last('requests.create').data).toEqual({ ...asked, ...options });
    }
    const before = gateway.transport.asked.length;
    for (const [query, headers, field, payload] of [
      ['', { 'idempotency-key': '"' }, 'Idempotency-Key'],
      ['', { 'idempotency-key': 'x'.repeat(201) }, 'Idempotency-Key'],
      ['?validateOnly=yes', {}, 'validateOnly'],
      ['', {}, 'idempotencyKey', { ...asked, idempotencyKey: 'x' }],
      ['', {}, 'memberId', { ...asked, memberId: uuidv7() }],
      ['', {}, 'startsAt', { ...asked, startsAt: 'tomorrow' }],
    ] as const) {
      const answer = await send(query, headers, payload);
      expect([answer.statusCode, answer.json().errors]).toMatchObject([400, [{ field }]]);
    }
    expect(gateway.transport.asked).toHaveLength(before);
  });

  it('a request without a flow is made in the given integration, or in the only one of the caller', async () => {
    const { id: integrationId } = await newIntegration(gateway);
    const made = { name: 'one', scopes: ['access:write'], integrationIds: [integrationId] };
    const { key } = (await gateway.api('POST', '/api-keys', made)).json<{ key: string }>();
    gateway.transport.handlers['requests.create'] = () => requestRecord({ integrationId });
    const asked = { userId: uuidv7(), groupId: uuidv7(), durationSeconds: 60 };
    const send = (credential: string, more: object = {}) =>
      gateway.request('POST', '/api/v1/access-requests', {
        headers: { authorization: `Bearer ${credential}` },
        payload: { ...asked, ...more },
      });
    for (const answer of [await send(key), await send(API_KEY, { integrationId })]) {
      expect(answer.statusCode).toBe(201);
      const { asking, data } = gateway.transport.last('requests.create');
      expect([asking.integrationIds, data]).toEqual([[integrationId], asked]);
    }
    const { id: other } = await newIntegration(gateway);
    for (const answer of [
      await send(API_KEY),
      await send(API_KEY, { integrationId: uuidv7() }),
      await send(key, { integrationId: other }),
    ])
      expect([answer.statusCode, answer.json().errors]).toMatchObject([400, [{ field: 'integrationId' }]]);
  });

  it('a review on behalf of a user requires access:review-as, which no other scope implies', async () => {
    const request = requestRecord();
    Object.assign(gateway.transport.handlers, { 'requests.get': () => request, 'requests.review': () => request });
    const others = SCOPE_NAMES.filter((name) => name !== 'access:review-as');
    const keys = [API_KEY, await keyWith(['all']), await keyWith(['access:write']), await keyWith(others)];
    const asked = gateway.transport.asked.length;
    for (const key of keys)
      for (const verdict of ['approve', 'deny']) {
        const answer = await gateway.request('POST', `/api/v1/access-requests/${request.id}/${verdict}`, {
          headers: { authorization: `Bearer ${key}` },
          payload: { reviewerId: uuidv7() },
        });
        expect([answer.statusCode, answer.json().detail]).toEqual([
          403,
          'This requires an API key with the scope access:review-as.',
        ]);
      }
    expect(gateway.transport.asked).toHaveLength(asked);
  });

  it('a key with all scopes of one integration cannot create a key with access:review-as', async () => {
    const { id } = await newIntegration(gateway);
    const limited = (
      await gateway.api('POST', '/api-keys', { name: 'limited', scopes: ['all'], integrationIds: [id] })
    ).json<{ key: string }>().key;
    const made = await gateway.request('POST', '/api/v1/api-keys', {
      headers: { authorization: `Bearer ${limited}` },
      payload: { name: 'more', scopes: ['access:review-as'], integrationIds: [id] },
    });
    expect(made.statusCode).toBe(403);
  });

  it('binds commands to the existing integrations', async () => {
    const { id } = await newIntegration(gateway);
    await gateway.api('GET', '/grants');
    expect(gateway.transport.last('grants.list').asking.integrationIds).toContain(id);
  });

  it('returns refusals as problem details', async () => {
    gateway.transport.handlers['requests.create'] = () => {
      throw new Refusal('notAllowed', 'This user is not eligible for this access flow.');
    };
    const asked = { flowId: uuidv7(), userId: uuidv7(), groupId: uuidv7(), durationSeconds: 60 };
    const answer = await gateway.api('POST', '/access-requests', asked);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      403,
      {
        type: 'about:blank',
        title: 'Forbidden',
        status: 403,
        detail: 'This user is not eligible for this access flow.',
      },
    ]);
  });

  it.each([
    ['grant', '/api/v1/grants/'],
    ['request', '/api/v1/access-requests/'],
  ] as const)('links the %s because of which a request is refused', async (kind, path) => {
    const existing = { kind, id: uuidv7(), endsAt: '2026-01-02T03:04:05.000Z' };
    gateway.transport.handlers['requests.create'] = () => {
      throw new Refusal('conflict', 'This user already has access.', existing);
    };
    const asked = { flowId: uuidv7(), userId: uuidv7(), groupId: uuidv7(), durationSeconds: 60 };
    const answer = await gateway.api('POST', '/access-requests', asked);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      409,
      { status: 409, title: 'Conflict', existing: { ...existing, href: `${path}${existing.id}` } },
    ]);
  });
});
