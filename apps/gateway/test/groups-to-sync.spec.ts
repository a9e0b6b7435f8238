import { type CommandData } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { NOTHING_BORROWED } from './fake-transport.js';
import { type Door, groupRecord, newTenant, openDoor, type Tenant, wrongFields } from './harness.js';

let door: Door;
let tenant: Tenant;
let path: string;
beforeAll(async () => void (door = await openDoor()));
afterAll(() => door.close());
beforeEach(async () => {
  door.transport.handlers = { ...NOTHING_BORROWED };
  tenant = await newTenant(door);
  path = `/integrations/${tenant.id}`;
});

const nameOf = async () => (await door.api('GET', path)).json<{ name: string }>().name;
const lists = () =>
  door.transport.facts
    .filter(({ subject }) => subject === tenant.id)
    .map(({ version, data }) => {
      const { groupsToSync, groupsToSyncVersion } = data as { groupsToSync: string[]; groupsToSyncVersion: number };
      return { version, groupsToSync, groupsToSyncVersion };
    });

/** As identity and access-flow answer when of 250 groups in use every second one would be let go. */
function borrowed(): string[] {
  const ids = Array.from({ length: 250 }, () => uuidv7());
  const isLeaving = (id: string) => ids.indexOf(id) % 2 === 0;
  Object.assign(door.transport.handlers, {
    'grants.groups': ({ cursor, limit }: CommandData<'grants.groups'>) => {
      const from = cursor === undefined ? 0 : ids.indexOf(cursor) + 1;
      const items = ids.slice(from, from + limit).map((groupId) => ({ groupId, liveGrants: 2, openRequests: 1 }));
      return { items, nextCursor: from + limit < ids.length ? items.at(-1)!.groupId : null };
    },
    'groups.match': ({ groupIds }: CommandData<'groups.match'>) => ({
      joining: 3,
      leaving: 400,
      leavingIds: groupIds.filter(isLeaving),
      unmatched: ['Nobody'],
    }),
  });
  return ids;
}

it('what a list would end is said, and nothing is changed by asking', async () => {
  borrowed();
  const answer = await door.api('POST', `${path}/groups-to-sync/impact`, { groupsToSync: 'Ops, Nobody' });
  expect([answer.statusCode, answer.json()]).toEqual([
    200,
    { groupsJoining: 3, groupsLeaving: 400, liveGrants: 250, openRequests: 125, unmatched: ['Nobody'] },
  ]);
  expect(door.transport.last('groups.match').data).toMatchObject({ groupsToSync: ['Ops', 'Nobody'] });
  expect(door.transport.last('groups.match').asking.integrationIds).toEqual([tenant.id]);
  expect((await door.api('GET', path)).json()).toMatchObject({ groupsToSync: [], version: 1 });
  expect(await wrongFields(door, 'POST', `${path}/groups-to-sync/impact`, {})).toEqual(['groupsToSync']);
  expect(await wrongFields(door, 'POST', `${path}/groups-to-sync/impact`, { groupsToSync: 7 })).toEqual([
    'groupsToSync',
  ]);
  const nowhere = await door.api('POST', `/integrations/${uuidv7()}/groups-to-sync/impact`, { groupsToSync: '' });
  expect(nowhere.statusCode).toBe(404);
});

it('a list that ends grants is saved only under the name of the integration', async () => {
  borrowed();
  for (const confirm of [undefined, 'other', 7, null]) {
    const answer = await door.api('PATCH', path, {
      groupsToSync: 'Ops',
      ...(confirm === undefined ? {} : { confirm }),
    });
    expect([answer.statusCode, answer.json().errors]).toEqual([
      400,
      [{ field: 'confirm', message: expect.stringMatching(/400 groups go, end 250 grants and cancel 125 requests/) }],
    ]);
  }
  expect((await door.api('GET', path)).json()).toMatchObject({ groupsToSync: [], version: 1 });
  const saved = await door.api('PATCH', path, { groupsToSync: 'Ops', confirm: await nameOf() });
  expect([saved.statusCode, saved.json()]).toEqual([
    200,
    expect.objectContaining({ groupsToSync: ['Ops'], version: 2, unmatchedGroups: ['Nobody'] }),
  ]);
});

it('a list that ends nothing needs no confirmation, and other settings ask nobody', async () => {
  const saved = await door.api('PATCH', path, { groupsToSync: 'Ops' });
  expect(saved.json()).toMatchObject({ groupsToSync: ['Ops'], unmatchedGroups: ['Ops'] });
  door.transport.handlers = {};
  const other = await door.api('PATCH', path, { disconnectedAfterSeconds: 3600 });
  expect([other.statusCode, 'unmatchedGroups' in other.json()]).toEqual([200, false]);
  expect((await door.api('PATCH', path, { groupsToSync: 'Billing' })).statusCode).toBe(503);
  expect((await door.api('GET', path)).json()).toMatchObject({ groupsToSync: ['Ops'] });
});

it('a list is told with the version under which it was saved; saved again it is told where it changes something', async () => {
  const save = (body: object) => door.api('PATCH', path, body);
  await save({ groupsToSync: 'Ops' });
  await save({ groupsToSync: ['Ops'] });
  await save({ disconnectedAfterSeconds: 3600 });
  door.transport.handlers['groups.match'] = () => ({ joining: 1, leaving: 0, leavingIds: [], unmatched: [] });
  await save({ groupsToSync: 'Ops' });
  await eventually(() =>
    expect(lists()).toEqual([
      { version: 1, groupsToSync: [], groupsToSyncVersion: 1 },
      { version: 2, groupsToSync: ['Ops'], groupsToSyncVersion: 2 },
      { version: 3, groupsToSync: ['Ops'], groupsToSyncVersion: 2 },
      { version: 4, groupsToSync: ['Ops'], groupsToSyncVersion: 4 },
    ]),
  );
});

it('a group that Okta creates goes out with the list, where there is one, and no other write does', async () => {
  const group = groupRecord({ synced: false });
  Object.assign(door.transport.handlers, { 'groups.create': () => group, 'groups.replace': () => group });
  const create = async () => (await tenant.scim('POST', '/Groups', { displayName: 'Database admins' })).statusCode;
  expect(await create()).toBe(201);
  expect(door.transport.last('groups.create').asking.context).not.toHaveProperty('groupsToSync');
  await door.api('PATCH', path, { groupsToSync: 'Ops' });
  await eventually(async () => {
    expect(await create()).toBe(201);
    expect(door.transport.last('groups.create').asking.context.groupsToSync).toEqual(['Ops']);
  });
  await tenant.scim('PUT', `/Groups/${group.id}`, { displayName: 'Database admins' });
  expect(door.transport.last('groups.replace').asking.context).not.toHaveProperty('groupsToSync');
});

it('groups are listed with whether they are synced, and by it', async () => {
  door.transport.handlers['groups.page'] = () => ({ items: [groupRecord({ synced: false })], nextCursor: null });
  expect((await door.api('GET', `${path}/groups`)).json().items).toEqual([expect.objectContaining({ synced: false })]);
  expect(door.transport.last('groups.page').data).toEqual({ limit: 50 });
  await door.api('GET', `${path}/groups?synced=false&limit=3`);
  expect(door.transport.last('groups.page').data).toEqual({ limit: 3, synced: false });
  await door.api('GET', `${path}/groups?synced=true`);
  expect(door.transport.last('groups.page').data).toEqual({ limit: 50, synced: true });
  expect(await wrongFields(door, 'GET', `${path}/groups?synced=yes`)).toEqual(['synced']);
});
