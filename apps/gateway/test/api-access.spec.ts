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
    requesters: { kind: 'everyone' },
    groupIds: [uuidv7()],
    maxDurationSeconds: 3600,
    approval: { kind: 'one_approver', approverIds: [uuidv7()] },
  };

  it('creates flows', async () => {
    const { id: integrationId } = await newIntegration(gateway);
    gateway.transport.handlers['flows.create'] = (data) => flowRecord(data);
    const answer = await gateway.api('POST', '/access-flows', { ...flow, integrationId });
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { ...flow, integrationId }]);
    expect(await fields('POST', '/access-flows', { ...flow, integrationId: uuidv7() })).toEqual(['integrationId']);
  });

  it.each([
    [{ requesters: 'everyone' }, ['requesters']],
    [{ requesters: { kind: 'none' } }, ['requesters.kind']],
    [{ requesters: { kind: 'members_of' } }, ['requesters.groupIds']],
    [{ approval: { kind: 'one_approver' } }, ['approval.approverIds']],
    [{ approval: { kind: 'one_approver', approverIds: [7] } }, ['approval.approverIds']],
    [{ approval: null }, ['approval']],
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

  it('returns the number of pending requests that a change of a flow cancels', async () => {
    const { id: integrationId } = await newIntegration(gateway);
    const changed = flowRecord({ integrationId, enabled: false, version: 2 });
    gateway.transport.handlers['flows.get'] = () => changed;
    gateway.transport.handlers['flows.update'] = () => ({ ...changed, cancelledRequests: 3 });
    const answer = await gateway.api('PATCH', `/access-flows/${changed.id}`, { enabled: false });
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { enabled: false, cancelledRequests: 3 }]);
    expect(gateway.transport.last('flows.update').data).toEqual({ id: changed.id, settings: { enabled: false } });
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
      'grants.extend': () => grant,
    });
    const asked = { flowId: uuidv7(), userId: uuidv7(), groupId: uuidv7(), durationSeconds: 60 };
    expect((await gateway.api('POST', '/access-requests', asked)).statusCode).toBe(201);
    expect(gateway.transport.last('requests.create').data).toEqual(asked);
    const reviewerId = uuidv7();
    const reviewKey = await keyWith(['access:review-as']);
    for (const verdict of ['approve', 'deny'] as const) {
      const path = `/api/v1/access-requests/${request.id}/${verdict}`;
      const payload = { reviewerId, comment: 'Well.' };
      const answer = await gateway.request('POST', path, {
        headers: { authorization: `Bearer ${reviewKey}` },
        payload,
      });
      expect(answer.statusCode).toBe(200);
      expect(gateway.transport.last('requests.review').data).toEqual({
        id: request.id,
        verdict,
        reviewerId,
        comment: 'Well.',
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
    expect((await gateway.api('POST', `/grants/${grant.id}/extend`, { durationSeconds: 60 })).statusCode).toBe(200);
    expect(await fields('GET', '/grants?status=maybe')).toEqual(['status']);
    const unnamed = await gateway.request('POST', `/api/v1/access-requests/${request.id}/deny`, {
      headers: { authorization: `Bearer ${reviewKey}` },
      payload: {},
    });
    expect([unnamed.statusCode, unnamed.json().errors]).toMatchObject([400, [{ field: 'reviewerId' }]]);
    expect(await fields('POST', `/grants/${grant.id}/extend`, { durationSeconds: -1 })).toEqual(['durationSeconds']);
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
