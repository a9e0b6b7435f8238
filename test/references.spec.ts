import { alice, bob, eventually } from '@tidegate/testing';
import { API_KEY, type Tidegate } from './system.js';
import { api, newTenant, send, type Tenant } from './http.js';
import { startInProcess } from './in-process.js';

interface Item {
  id: string;
}

describe('access by names alone', () => {
  let tidegate: Tidegate;
  let okta: Tenant;
  beforeAll(async () => {
    tidegate = await startInProcess();
    okta = await newTenant(tidegate);
    for (const body of [alice(), bob()]) await scim('/Users', body);
    for (const displayName of ['Straße', 'Twice', 'Twice']) await scim('/Groups', { displayName });
    const other = await newTenant(tidegate);
    await scim('/Users', alice(), other);
    await scim('/Groups', { displayName: 'Straße' }, other);
  });
  afterAll(() => tidegate?.stop());

  const scim = async (path: string, body: object, { scimBaseUrl, token } = okta) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
    expect((await send('POST', scimBaseUrl + path, headers, JSON.stringify(body))).status).toBe(201);
  };
  const ask = <T = Item>(method: string, path: string, body?: object) => api<T>(tidegate, method, path, body);
  const list = async (path: string) => (await ask<{ items: Item[] }>('GET', path)).items.map(({ id }) => id);
  const flow = (groupIds: string[]) => ({
    integrationId: okta.integrationId,
    name: 'Night shift',
    eligibility: { kind: 'everyone' },
    groupIds,
    maxDurationSeconds: 3600,
    steps: [{ quorum: 'any', approvers: [{ kind: 'user', id: bob().userName.toUpperCase() }] }],
  });

  it('creates a flow, a request and a review, and finds the request and the grant', async () => {
    // access-flow receives users and groups by events.
    await eventually(() => ask('POST', '/access-flows', flow(['sTRAßE'])));
    const body = { flowId: 'NIGHT shift', userId: alice().userName, groupId: 'straße', durationSeconds: 600 };
    const { id } = await ask('POST', '/access-requests', body);
    const about = `integrationId=${okta.integrationId}&userId=${alice().userName}&groupId=stra%C3%9Fe&flowId=night%20shift`;
    expect(await list(`/access-requests?${about}&status=pending&approverId=${bob().userName}`)).toEqual([id]);
    expect(await list(`/access-requests?${about}&approverId=${alice().userName}`)).toEqual([]);
    const { key } = await ask<{ key: string }>('POST', '/api-keys', { name: 'desk', scopes: ['access:review-as'] });
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const review = JSON.stringify({ reviewerId: bob().userName });
    const approved = await send('POST', `${tidegate.baseUrl}/api/v1/access-requests/${id}/approve`, headers, review);
    expect(approved.body).toMatchObject({ status: 'approved' });
    expect(await list(`/grants?${about}`)).toEqual([(approved.body as { grantId: string }).grantId]);
    expect(await list(`/grants?flowId=Night%20shift&status=ended`)).toEqual([]);
  });

  it('refuses names that several groups have', async () => {
    const refused = async () => {
      const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
      const body = JSON.stringify(flow(['Twice']));
      const answer = await send('POST', `${tidegate.baseUrl}/api/v1/access-flows`, headers, body);
      const errors = [{ field: 'groupIds', message: 'Several groups have this name: give the id.' }];
      expect([answer.status, answer.body]).toMatchObject([400, { errors }]);
    };
    await eventually(refused);
  });
});
