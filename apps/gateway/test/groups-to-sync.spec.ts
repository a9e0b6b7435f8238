import { type CommandData } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { type Asking } from '@tidegate/messaging';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { NO_GRANTS } from './fake-transport.js';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  wrongFields,
} from './harness.js';

let gateway: TestGateway;
let integration: TestIntegration;
let path: string;
beforeAll(async () => void (gateway = await openGateway()));
afterAll(() => gateway.close());
beforeEach(async () => {
  gateway.transport.handlers = { ...NO_GRANTS };
  integration = await newIntegration(gateway);
  path = `/integrations/${integration.id}`;
});

const nameOf = async () => (await gateway.api('GET', path)).json<{ name: string }>().name;
const lists = () =>
  gateway.transport.events
    .filter(({ subject }) => subject === integration.id)
    .map(({ version, data }) => {
      const { groupsToSync, groupsToSyncVersion } = data as { groupsToSync: string[]; groupsToSyncVersion: number };
      return { version, groupsToSync, groupsToSyncVersion };
    });

/** Replies of identity and access-flow: of 250 groups in use, every second one would be removed from sync. */
function granted(): string[] {
  const ids = Array.from({ length: 250 }, () => uuidv7());
  const isRemoved = (id: string) => ids.indexOf(id) % 2 === 0;
  Object.assign(gateway.transport.handlers, {
    'grants.groups': ({ cursor, limit }: CommandData<'grants.groups'>) => {
      const from = cursor === undefined ? 0 : ids.indexOf(cursor) + 1;
      const items = ids.slice(from, from + limit).map((groupId) => ({ groupId, liveGrants: 2, openRequests: 1 }));
      return { items, nextCursor: from + limit < ids.length ? items.at(-1)!.groupId : null };
    },
    'groups.match': ({ groupIds }: CommandData<'groups.match'>) => ({
      joining: 3,
      leaving: 400,
      leavingIds: groupIds.filter(isRemoved),
      unmatched: ['Missing'],
    }),
  });
  return ids;
}

it('the impact of a list is reported without changes', async () => {
  granted();
  const answer = await gateway.api('POST', `${path}/groups-to-sync/impact`, { groupsToSync: 'Ops, Missing' });
  expect([answer.statusCode, answer.json()]).toEqual([
    200,
    { groupsJoining: 3, groupsLeaving: 400, liveGrants: 250, openRequests: 125, unmatched: ['Missing'] },
  ]);
  expect(gateway.transport.last('groups.match').data).toMatchObject({ groupsToSync: ['Ops', 'Missing'] });
  expect(gateway.transport.last('groups.match').asking.integrationIds).toEqual([integration.id]);
  expect((await gateway.api('GET', path)).json()).toMatchObject({ groupsToSync: [], version: 1 });
  expect(await wrongFields(gateway, 'POST', `${path}/groups-to-sync/impact`, {})).toEqual(['groupsToSync']);
  expect(await wrongFields(gateway, 'POST', `${path}/groups-to-sync/impact`, { groupsToSync: 7 })).toEqual([
    'groupsToSync',
  ]);
  const nowhere = await gateway.api('POST', `/integrations/${uuidv7()}/groups-to-sync/impact`, { groupsToSync: '' });
  expect(nowhere.statusCode).toBe(404);
});

it('a list that ends grants or requests is saved only with the name of the integration as confirmation', async () => {
  granted();
  for (const confirm of [undefined, 'other', 7, null]) {
    const answer = await gateway.api('PATCH', path, {
      groupsToSync: 'Ops',
      ...(confirm === undefined ? {} : { confirm }),
    });
    expect([answer.statusCode, answer.json().detail]).toEqual([
      409,
      expect.stringMatching(
        /revoke 250 live grants and cancel 125 pending requests.* name of the integration in the field confirm/,
      ),
    ]);
  }
  expect((await gateway.api('GET', path)).json()).toMatchObject({ groupsToSync: [], version: 1 });
  const saved = await gateway.api('PATCH', path, { groupsToSync: 'Ops', confirm: await nameOf() });
  expect([saved.statusCode, saved.json()]).toEqual([
    200,
    expect.objectContaining({ groupsToSync: ['Ops'], version: 2, unmatchedGroups: ['Missing'] }),
  ]);
});

it('a list is not saved with numbers from before another list was saved', async () => {
  const { 'groups.match': match } = gateway.transport.handlers;
  let others = 0;
  const saveAnother = async (data: CommandData<'groups.match'>, asking: Asking) => {
    if (others++ === 0) expect((await gateway.api('PATCH', path, { groupsToSync: 'Billing' })).statusCode).toBe(200);
    return match!(data, asking);
  };
  gateway.transport.handlers['groups.match'] = saveAnother as unknown as typeof match & {};
  const refused = await gateway.api('PATCH', path, { groupsToSync: 'Ops' });
  expect([refused.statusCode, refused.json().detail]).toEqual([409, expect.stringContaining('at the same time')]);
  expect((await gateway.api('GET', path)).json()).toMatchObject({ groupsToSync: ['Billing'] });
  expect((await gateway.api('PATCH', path, { groupsToSync: 'Ops' })).json()).toMatchObject({ groupsToSync: ['Ops'] });
});

it('saving warns about another integration of the domain, within reach of the caller, and about names with a dot', async () => {
  const domain = `acme-${uuidv7()}.okta.com`;
  const create = (name: string) =>
    gateway.api('POST', '/integrations', { type: 'okta-scim', name, domain, groupsToSync: 'group1,group2.group3' });
  const dotted = expect.stringMatching(
    /^Names in groupsToSync contain a dot: "group2\.group3"\. .*commas separate names\.$/,
  );
  const [first, second] = [(await create(`${uuidv7()} A`)).json(), (await create(`${uuidv7()} B`)).json()];
  expect(first).toMatchObject({ unmatchedGroups: ['group1', 'group2.group3'], warnings: [dotted] });
  const sameDomain = expect.stringContaining(`have the domain ${domain}: "${first.name}".`);
  expect(second.warnings).toEqual([sameDomain, dotted]);
  const save = async (body: object) =>
    (await gateway.api('PATCH', `/integrations/${second.id}`, body)).json<{ warnings: string[] }>().warnings;
  expect(await save({ domain })).toEqual([sameDomain]);
  expect(await save({ groupsToSync: 'a.b' })).toEqual([expect.stringContaining('"a.b"')]);
  gateway.transport.handlers['groups.match'] = () => ({ joining: 0, leaving: 0, leavingIds: [], unmatched: [] });
  expect(await save({ groupsToSync: 'a.b' })).toEqual([]);
  expect(await save({ disconnectedAfterSeconds: 3600 })).toEqual([]);
  const made = await gateway.api('POST', '/api-keys', {
    name: 'one',
    scopes: ['integrations:write'],
    integrationIds: [second.id],
  });
  const answer = await gateway.request('PATCH', `/api/v1/integrations/${second.id}`, {
    headers: { authorization: `Bearer ${made.json().key}` },
    payload: { domain },
  });
  expect([answer.statusCode, answer.json().warnings]).toEqual([200, []]);
});

it('a saved integration is answered with its warnings, even if the database fails right after the commit', async () => {
  const domain = `acme-${uuidv7()}.okta.com`;
  const create = (name: string) => gateway.api('POST', '/integrations', { type: 'okta-scim', name, domain });
  const first = (await create(`${uuidv7()} A`)).json<{ name: string }>();
  const database = gateway.app.get(Database);
  const inIntegration = database.inIntegration.bind(database);
  const kept = {
    inIntegration,
    transaction: database.transaction.bind(database),
    unscoped: database.unscoped.bind(database),
  };
  const away = () => Promise.reject(new Error('away'));
  database.inIntegration = async <T>(id: string, work: (tx: Tx) => Promise<T>) => {
    const saved = await inIntegration(id, work);
    Object.assign(database, { transaction: away, unscoped: away });
    return saved;
  };
  try {
    const second = await create(`${uuidv7()} B`);
    expect([second.statusCode, second.json().warnings]).toEqual([201, [expect.stringContaining(`"${first.name}"`)]]);
  } finally {
    Object.assign(database, kept);
  }
});

it('a list that ends nothing needs no confirmation, and other settings send no commands', async () => {
  const saved = await gateway.api('PATCH', path, { groupsToSync: 'Ops' });
  expect(saved.json()).toMatchObject({ groupsToSync: ['Ops'], unmatchedGroups: ['Ops'] });
  gateway.transport.handlers = {};
  const other = await gateway.api('PATCH', path, { disconnectedAfterSeconds: 3600 });
  expect([other.statusCode, 'unmatchedGroups' in other.json()]).toEqual([200, false]);
  expect((await gateway.api('PATCH', path, { groupsToSync: 'Billing' })).statusCode).toBe(503);
  expect((await gateway.api('GET', path)).json()).toMatchObject({ groupsToSync: ['Ops'] });
});

it('the event of a list has the version of its save; an unchanged list is applied again only if that has an effect', async () => {
  const save = (body: object) => gateway.api('PATCH', path, body);
  await save({ groupsToSync: 'Ops' });
  await save({ groupsToSync: ['Ops'] });
  await save({ disconnectedAfterSeconds: 3600 });
  gateway.transport.handlers['groups.match'] = () => ({ joining: 1, leaving: 0, leavingIds: [], unmatched: [] });
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

it('only creates of groups are sent with the list', async () => {
  const group = groupRecord({ synced: false });
  Object.assign(gateway.transport.handlers, { 'groups.create': () => group, 'groups.replace': () => group });
  const create = async () => (await integration.scim('POST', '/Groups', { displayName: 'Database admins' })).statusCode;
  expect(await create()).toBe(201);
  expect(gateway.transport.last('groups.create').asking.context).not.toHaveProperty('groupsToSync');
  await gateway.api('PATCH', path, { groupsToSync: 'Ops' });
  await eventually(async () => {
    expect(await create()).toBe(201);
    expect(gateway.transport.last('groups.create').asking.context.groupsToSync).toEqual(['Ops']);
  });
  await integration.scim('PUT', `/Groups/${group.id}`, { displayName: 'Database admins' });
  expect(gateway.transport.last('groups.replace').asking.context).not.toHaveProperty('groupsToSync');
});

it('groups are listed with, and filtered by, whether they are synced', async () => {
  gateway.transport.handlers['groups.page'] = () => ({ items: [groupRecord({ synced: false })], nextCursor: null });
  expect((await gateway.api('GET', `${path}/groups`)).json().items).toEqual([
    expect.objectContaining({ synced: false }),
  ]);
  expect(gateway.transport.last('groups.page').data).toEqual({ limit: 50 });
  await gateway.api('GET', `${path}/groups?synced=false&limit=3`);
  expect(gateway.transport.last('groups.page').data).toEqual({ limit: 3, synced: false });
  await gateway.api('GET', `${path}/groups?synced=true`);
  expect(gateway.transport.last('groups.page').data).toEqual({ limit: 50, synced: true });
  expect(await wrongFields(gateway, 'GET', `${path}/groups?synced=yes`)).toEqual(['synced']);
});
