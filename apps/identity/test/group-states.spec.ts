import { GROUP_STATES_PER_PAGE, MEMBER_IDS_PER_PAGE } from '@tidegate/contracts';
import { GroupStates } from '../src/groups/group-states.service.js';
import { type Directory, members, openDirectory, type Tenant } from './harness.js';

let directory: Directory;
let okta: Tenant;
let states: GroupStates;
beforeAll(async () => {
  directory = await openDirectory();
  states = new GroupStates(directory.database);
});
afterAll(() => directory?.close());
beforeEach(() => {
  okta = directory.tenant();
});

const page = (cursor = '', limit = 2, tenant = okta) =>
  states.statePage(tenant.command('groups.statePage', { cursor, limit }));
const memberPage = (id: string, after = '', tenant = okta) =>
  states.memberPage(tenant.command('groups.memberPage', { id, after }));

it('returns the synced groups with their users, in pages ordered by id', async () => {
  const users = await okta.createUsers(3);
  const groups = [];
  for (const displayName of ['a', 'b', 'c'])
    groups.push(await okta.createGroup({ displayName, members: members(...users) }));
  await okta.createGroup({ displayName: 'd', members: members(groups[0]!) });
  await okta.sql(`UPDATE identity.groups SET synced = false WHERE id = $1`, [groups[1]!.id]);
  const first = await page();
  expect(first.items.map(({ group, userIds }) => [group.displayName, group.version, userIds])).toEqual([
    ['a', 2, users.map(({ id }) => id)],
    ['c', 2, users.map(({ id }) => id)],
  ]);
  const second = await page(first.nextCursor!);
  expect(second).toMatchObject({
    items: [{ group: { displayName: 'd' }, userIds: [], nextMember: null }],
    nextCursor: null,
  });
});

it('returns the users of a large group in pages', async () => {
  const users = await okta.createUsers(MEMBER_IDS_PER_PAGE + 1);
  const { id } = await okta.createGroup({ displayName: 'large', members: members(...users) });
  const { items } = await page();
  expect(items[0]!.userIds).toHaveLength(MEMBER_IDS_PER_PAGE);
  const { found } = await memberPage(id, items[0]!.nextMember!);
  expect([...items[0]!.userIds, ...found!.userIds]).toEqual(users.map((user) => user.id).sort());
  expect(found).toMatchObject({ group: { groupId: id, version: 2 }, nextMember: null });
});

it('limits a page, and returns nothing of another integration', async () => {
  const { id } = await okta.createGroup({ displayName: 'a' });
  for (let i = 0; i < GROUP_STATES_PER_PAGE; i++) await okta.createGroup({ displayName: `g${i}` });
  expect((await page('', 1_000)).items).toHaveLength(GROUP_STATES_PER_PAGE);
  expect(await page('', 2, directory.tenant())).toEqual({ items: [], nextCursor: null });
  expect(await memberPage(id, '', directory.tenant())).toEqual({ found: null });
  expect(await memberPage('nonsense')).toEqual({ found: null });
});
