import { type GroupRecord, type UserRecord } from '@tidegate/contracts';
import {
  type JsonValue,
  matches,
  parseFilter,
  parseResource,
  printFilter,
  type ResourceType,
  type ScimAttributes,
} from '@tidegate/scim';
import fc from 'fast-check';
import { BASE_URL, type Directory, members, openDirectory, type Tenant } from './harness.js';
import { bodyOf, filterOf, PROFILE, shownGroup, shownUser, TYPES } from './search-data.js';

let directory: Directory;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());

const scim = PROFILE;
const listed = { baseUrl: BASE_URL, startIndex: 1, count: 200 };

/** A name that is there, and unique with its index. */
const nameOf = (value: JsonValue | undefined, index: number | '') =>
  `${typeof value === 'string' ? value : 'x'}.${index}`;

async function createUser(tenant: Tenant, body: ScimAttributes, index: number): Promise<UserRecord> {
  const attributes = parseResource(TYPES.User, { ...body, userName: nameOf(body['userName'], index) });
  return tenant.users.create(tenant.command('users.create', { attributes }, { scim }));
}

async function createGroup(tenant: Tenant, body: ScimAttributes, within: { id: string }[]): Promise<GroupRecord> {
  const attributes = parseResource(TYPES.Group, {
    ...body,
    displayName: nameOf(body['displayName'], ''),
    members: members(...within),
  });
  return tenant.groups.create(tenant.command('groups.create', { attributes }, { scim }));
}

/** Users and groups, some groups within groups, one circle, and nobody's neighbour. */
async function populate(tenant: Tenant, users: ScimAttributes[], groups: ScimAttributes[]): Promise<void> {
  const made = await Promise.all(users.map((body, index) => createUser(tenant, body, index)));
  const before: GroupRecord[] = [];
  for (const [index, body] of groups.entries()) {
    const within = [...made.filter((_, user) => user % (index + 2) === 0), ...before.slice(index % 2, 2)];
    before.push(await createGroup(tenant, body, index === 3 ? [] : within));
  }
  await tenant.patchGroup(before[0]!.id, [{ op: 'add', path: 'members', value: members(before[2]!) }], { scim });
}

const usersIn = async (tenant: Tenant, filter?: string) =>
  (await tenant.users.list(tenant.command('users.list', { ...listed, filter }, { scim }))).items;
const groupsIn = async (tenant: Tenant, filter?: string) =>
  (await tenant.groups.list(tenant.command('groups.list', { ...listed, filter, withMembers: true }, { scim }))).items;

const bodies = fc.tuple(
  fc.array(bodyOf(TYPES.User), { minLength: 12, maxLength: 16 }),
  fc.array(bodyOf(TYPES.Group), { minLength: 5, maxLength: 6 }),
);

describe('what SQL finds is what the filter says of the resources as they are shown', () => {
  const RUNS = 6;
  const FILTERS = 60;

  /** Random filters asked of the same directory: of each, who meets it in memory and who is found. */
  async function compareAll(
    type: ResourceType,
    shown: ScimAttributes[],
    find: (filter: string) => Promise<{ id: string }[]>,
  ): Promise<number> {
    const known = [
      ...shown.map(({ id }) => id as string),
      ...shown.map(({ meta }) => (meta as { location: string }).location),
    ];
    let telling = 0;
    for (const filter of fc.sample(filterOf(type, [...known, BASE_URL, type.name, type.schema.id]), FILTERS)) {
      const text = printFilter(filter);
      const met = new Set(shown.filter((one) => matches(type, one, parseFilter(text))));
      const found = new Set((await find(text)).map(({ id }) => id));
      const wrong = shown.filter((one) => met.has(one) !== found.has(one['id'] as string));
      expect({ text, wrong, more: found.size - met.size }).toEqual({ text, wrong: [], more: 0 });
      telling += met.size > 0 && met.size < shown.length ? 1 : 0;
    }
    return telling;
  }

  it('for every attribute, operator and nesting, over users, groups and an extension', async () => {
    let telling = 0;
    for (const [users, groups] of fc.sample(bodies, RUNS)) {
      const tenant = directory.tenant();
      await populate(tenant, users, groups);
      const shownUsers = (await usersIn(tenant)).map(shownUser);
      const shownGroups = (await groupsIn(tenant)).map(shownGroup);
      telling += await compareAll(TYPES.User, shownUsers, (filter) => usersIn(tenant, filter));
      telling += await compareAll(TYPES.Group, shownGroups, (filter) => groupsIn(tenant, filter));
    }
    // Filters that everybody or nobody meets show little.
    expect(telling).toBeGreaterThan(RUNS * FILTERS * 0.3);
  });
});
