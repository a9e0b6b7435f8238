import { alice, eventually } from '@tidegate/testing';
import { bothWays } from './both-ways.js';
import { api, type Answer, newTenant, send, type Tenant } from './http.js';
import { API_KEY, type Tidegate } from './system.js';

interface Listed<Item> {
  items: Item[];
}
interface Group {
  id: string;
  displayName: string;
  synced: boolean;
}

/** Each test continues from the state of the previous one. */
bothWays('groups to sync', (start) => {
  let tidegate: Tidegate;
  let okta: Tenant;
  let other: Tenant;
  let userId: string;
  let ops: string;
  let billing: string;
  let flowId: string;
  let grantId: string;

  beforeAll(async () => {
    tidegate = await start();
    [okta, other] = [await newTenant(tidegate), await newTenant(tidegate)];
  });
  afterAll(() => tidegate?.stop());

  const scim = async (method: string, path: string, body?: object, { scimBaseUrl, token } = okta): Promise<Answer> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
    return send(method, `${scimBaseUrl}${path}`, headers, body && JSON.stringify(body));
  };
  const create = async (path: string, body: object, tenant = okta) => {
    const answer = await scim('POST', path, body, tenant);
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return (answer.body as { id: string }).id;
  };
  const call = <T>(method: string, path: string, body?: object) => api<T>(tidegate, method, path, body);
  const save = (groupsToSync: string, confirm?: string) =>
    call<{ name: string; unmatchedGroups: string[] }>('PATCH', `/integrations/${okta.integrationId}`, {
      groupsToSync,
      ...(confirm === undefined ? {} : { confirm }),
    });
  const groups = async (query = '', { integrationId } = okta) =>
    (await call<Listed<Group>>('GET', `/integrations/${integrationId}/groups${query}`)).items;
  const membersOf = async (groupId: string) => {
    const path = `/integrations/${okta.integrationId}/groups/${groupId}/members`;
    const { items } = await call<Listed<{ userId: string; sources: string[] }>>('GET', path);
    return items.map((item) => [item.userId, item.sources]);
  };
  const members = (...ids: string[]) => ids.map((value) => ({ value }));
  const flowOver = (...groupIds: string[]) =>
    call<{ id: string }>('POST', '/access-flows', {
      integrationId: okta.integrationId,
      name: `Flow over ${groupIds.length}`,
      groupIds,
      maxDurationSeconds: 3600,
      eligibility: { kind: 'everyone' },
      steps: [],
    });
  const requestAccess = () =>
    call<{ grantId: string }>('POST', '/access-requests', { flowId, userId, groupId: billing, durationSeconds: 600 });
  const grant = () => call<{ status: string; endReason: string | null }>('GET', `/grants/${grantId}`);
  /** A group as Okta reads it, without the time of the last change and the version. */
  const asOktaReads = async (id: string) => {
    const { meta: _, ...group } = (await scim('GET', `/Groups/${id}`)).body as { meta: object };
    return group;
  };

  it('a list can exist before the first push, and its names are shown as unmatched', async () => {
    expect((await save('Ops')).unmatchedGroups).toEqual(['Ops']);
  });

  it('Okta gets the same responses for groups on the list and others', async () => {
    userId = await create('/Users', alice());
    ops = await create('/Groups', { displayName: 'ops', members: members(userId) });
    billing = await create('/Groups', { displayName: 'Billing' });
    const add = { Operations: [{ op: 'add', path: 'members', value: members(userId) }] };
    expect((await scim('PATCH', `/Groups/${billing}`, add)).status).toBeLessThan(300);
    expect(await asOktaReads(billing)).toMatchObject({ displayName: 'Billing', members: members(userId) });
    expect((await groups()).map(({ displayName, synced }) => [displayName, synced])).toEqual([
      ['ops', true],
      ['Billing', false],
    ]);
    expect((await groups('?synced=false')).map(({ id }) => id)).toEqual([billing]);
  });

  it('a group outside the list cannot be granted, and shows no members', async () => {
    await eventually(async () => expect(await membersOf(ops)).toEqual([[userId, ['scim']]]));
    await expect(flowOver(billing)).rejects.toThrow(/400 .*synced group of this integration/);
    await expect(membersOf(billing)).rejects.toThrow(/404 .*among the groups to sync/);
  });

  it('adding a name to the list shows the group with its members, without another push', async () => {
    const before = await asOktaReads(billing);
    expect((await save('Ops, BILLING, Missing')).unmatchedGroups).toEqual(['Missing']);
    await eventually(async () => expect(await membersOf(billing)).toEqual([[userId, ['scim']]]));
    expect(await asOktaReads(billing)).toEqual(before);
    flowId = (await flowOver(billing, ops)).id;
    ({ grantId } = await requestAccess());
    await eventually(async () => expect(await grant()).toMatchObject({ status: 'active' }));
  });

  it('removing a name from the list shows what would end, and requires the name of the integration', async () => {
    const path = `/integrations/${okta.integrationId}/groups-to-sync/impact`;
    expect(await call('POST', path, { groupsToSync: 'Ops' })).toEqual({
      groupsJoining: 0,
      groupsLeaving: 1,
      liveGrants: 1,
      openRequests: 0,
      unmatched: [],
    });
    await expect(save('Ops')).rejects.toThrow(/409 .*revoke 1 live grant/);
    expect(await grant()).toMatchObject({ status: 'active' });
  });

  it('removing a name ends the grant with the reason, and does not affect Okta', async () => {
    const { name } = await call<{ name: string }>('GET', `/integrations/${okta.integrationId}`);
    const before = await asOktaReads(billing);
    await save('Ops', name);
    await eventually(async () =>
      expect(await grant()).toMatchObject({ status: 'ended', endReason: 'group_not_synced' }),
    );
    await expect(requestAccess()).rejects.toThrow(/403 .*not in the groups to sync/);
    expect(await asOktaReads(billing)).toEqual(before);
    expect((await scim('PUT', `/Groups/${billing}`, { displayName: 'Billing', members: [] })).status).toBe(200);
  });

  it('adding the name again restores neither removed members nor ended grants', async () => {
    await save('');
    await eventually(async () => expect(await membersOf(billing)).toEqual([]));
    expect(await grant()).toMatchObject({ status: 'ended', endReason: 'group_not_synced' });
    ({ grantId } = await requestAccess());
    await eventually(async () => expect(await membersOf(billing)).toEqual([[userId, ['grant']]]));
  });

  it('the list of one integration does not affect another one', async () => {
    const theirs = await create('/Groups', { displayName: 'Billing' }, other);
    expect(await groups('', other)).toMatchObject([{ id: theirs, synced: true }]);
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    const url = `${tidegate.baseUrl}/api/v1/integrations/${other.integrationId}/groups/${billing}/members`;
    expect((await send('GET', url, headers)).status).toBe(404);
  });
});
