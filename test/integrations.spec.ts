import { eventually } from '@tidegate/testing';
import { bothWays } from './both-ways.js';
import { api, newTenant, send, type Tenant } from './http.js';
import { type Tidegate } from './system.js';

interface Named {
  id: string;
}

bothWays('disabling an integration with active grants', (start) => {
  let tidegate: Tidegate;
  let okta: Tenant;
  beforeAll(async () => {
    tidegate = await start();
    okta = await newTenant(tidegate);
  });
  afterAll(() => tidegate?.stop());

  const call = <T>(method: string, path: string, body?: object) => api<T>(tidegate, method, path, body);
  const scim = (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${okta.token}`, 'content-type': 'application/scim+json' };
    return send(method, okta.scimBaseUrl + path, headers, body && JSON.stringify(body));
  };
  const push = async (path: string, body: object) => (await scim('POST', path, body)).body as Named;
  const integration = (path = '') => `/integrations/${okta.integrationId}${path}`;

  it('ends grants and refuses pushes and requests, and grants access again when it is enabled', async () => {
    const alice = await push('/Users', { userName: 'alice@acme.example' });
    await push('/Users', { userName: 'erin@acme.example', active: false });
    const group = await push('/Groups', { displayName: 'Deploy' });
    const settings = {
      integrationId: okta.integrationId,
      name: 'Everyone',
      eligibility: { kind: 'everyone' },
      groupIds: [group.id],
      maxDurationSeconds: 3600,
      steps: [],
    };
    const flow = await eventually(() => call<Named>('POST', '/access-flows', settings));
    const wanted = { flowId: flow.id, userId: alice.id, groupId: group.id, durationSeconds: 600 };
    const { grantId } = await eventually(() => call<{ grantId: string }>('POST', '/access-requests', wanted));
    const grant = () => call<{ status: string; endReason: string | null }>('GET', `/grants/${grantId}`);
    await eventually(async () => expect((await grant()).status).toBe('active'));
    const link = new RegExp(`409.*"href":"/api/v1/grants/${grantId}"`);
    await expect(call('POST', '/access-requests', wanted)).rejects.toThrow(link);
    expect(await call('GET', integration('/impact'))).toEqual({
      users: 2,
      activeUsers: 1,
      liveGrants: 1,
      openRequests: 0,
    });

    const { name } = await call<{ name: string }>('GET', integration());
    await call('POST', integration('/disable'), { confirm: name });
    await eventually(async () =>
      expect(await grant()).toMatchObject({ status: 'ended', endReason: 'integration_disabled' }),
    );
    await expect(call('POST', '/access-requests', wanted)).rejects.toThrow(/403.*disabled/);
    await eventually(async () => expect((await scim('GET', '/Users')).status).toBe(403));

    await call('POST', integration('/enable'));
    await eventually(async () => expect((await scim('GET', '/Users')).status).toBe(200));
    await eventually(() => call('POST', '/access-requests', wanted));
    expect(await grant()).toMatchObject({ status: 'ended' });
  });
});
