import {
  comparand,
  compareKeys,
  type JsonValue,
  type ResourceType,
  type ScimAttributes,
  sortedAttribute,
} from '@tidegate/scim';
import fc from 'fast-check';
import { type Directory, openDirectory, refusedWith, type Tenant } from './harness.js';
import { pathsOf, shownGroup, shownUser, TYPES } from './search-data.js';
import { type Asked, bodies, listGroups, listUsers, pagesOf, populate } from './search-directory.js';

let directory: Directory;
let tenant: Tenant;
beforeAll(async () => {
  directory = await openDirectory();
  tenant = directory.tenant();
  await populate(tenant, fc.sample(bodies, 1)[0]!);
});
afterAll(() => directory.close());

/** The primary value, else the first. */
function chosen(value: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(value)) return value;
  return value.find((item) => (item as { primary?: unknown }).primary === true) ?? value[0];
}

/** What a resource is sorted by, in the form in which it is compared. */
function keyOf(type: ResourceType, resource: ScimAttributes, sortBy: string) {
  const { extension, attribute, sub } = sortedAttribute(type, sortBy);
  const section = extension ? (resource[extension.id] as ScimAttributes | undefined) : resource;
  const value = chosen(section?.[attribute.name]);
  const leaf = sub ? chosen((value as ScimAttributes | undefined)?.[sub.name]) : value;
  return leaf === undefined || leaf === null ? undefined : comparand(sub ?? attribute, 'eq', leaf as string)!;
}

function sorted(type: ResourceType, resources: ScimAttributes[], sortBy: string): string[] {
  return resources
    .map((resource) => ({ id: resource['id'] as string, key: keyOf(type, resource, sortBy) }))
    .sort((a, b) => {
      const [aLast, bLast] = [a.key === undefined, b.key === undefined];
      return aLast || bLast ? Number(aLast) - Number(bLast) : compareKeys(a.key!, b.key!)!;
    })
    .map(({ id }) => id);
}

const LISTS = { User: listUsers, Group: listGroups };
const sortable = (type: ResourceType) =>
  pathsOf(type)
    .map(({ text }) => text)
    .filter((path) => {
      try {
        return sortedAttribute(type, path) !== undefined;
      } catch {
        return false;
      }
    });

/** One path of each kind: columns, paths, parts of one and of many values, other tables; and no order but that of ids. */
const EACH_KIND = {
  User: [
    '',
    'userName',
    'displayName',
    'externalId',
    'active',
    'meta.lastModified',
    'emails',
    'groups.display',
    'name.familyName',
  ],
  Group: ['', 'displayName', 'members.display', 'members', 'meta.created', 'id'],
};
const OF_EXTENSION = ['deck', 'since', 'aboard', 'nicknames', 'cabin.numbers', 'lockers.size'];
const someOf = (type: ResourceType) => [
  ...EACH_KIND[type.name],
  ...OF_EXTENSION.map((name) => `${type.extensions.at(-1)!.id}:${name}`),
];

describe.each(['User', 'Group'] as const)('a list of resources of the type %s', (name) => {
  const type = TYPES[name];
  const list = async (asked: Asked) => {
    const { items, ...more } = await LISTS[name](tenant, asked);
    return { ...more, items: items.map((item) => ('groups' in item ? shownUser(item) : shownGroup(item))) };
  };
  const ids = async (asked: Asked) => (await list(asked)).items.map(({ id }) => id as string);

  it('is sorted by every attribute as in memory, and descending is the exact reverse', async () => {
    const { items } = await list({});
    expect(sortable(type).length).toBeGreaterThan(30);
    for (const sortBy of sortable(type)) {
      const expected = sorted(type, items, sortBy);
      expect([sortBy, await ids({ sortBy })]).toEqual([sortBy, expected]);
      expect([sortBy, await ids({ sortBy, sortOrder: 'descending' })]).toEqual([sortBy, expected.toReversed()]);
    }
  });

  it.each(someOf(type))(
    'sorted by "%s" has the same order on pages, by index and by cursor, forth and back',
    async (path) => {
      const sortBy = path || undefined;
      const filter = 'meta.created pr and not (externalId eq "work")';
      for (const asked of [
        { sortBy, filter },
        { sortBy, sortOrder: 'descending' as const },
      ]) {
        const whole = await ids(asked);
        const byIndex = [];
        for (let startIndex = 1; startIndex <= whole.length + 4; startIndex += 4)
          byIndex.push(...(await ids({ ...asked, startIndex, count: 4 })));
        expect(byIndex).toEqual(whole);
        const { forth, back } = await pagesOf(
          async (each) => {
            const { items, ...more } = await list(each);
            return { ...more, items: items.map(({ id }) => ({ id: id as string })) };
          },
          asked,
          4,
        );
        expect([forth.flat(), back]).toEqual([whole, forth]);
      }
    },
  );
});

it.each([
  ...['shoeSize', 'password', 'name', 'addresses', 'meta', 'meta.version', 'a b', 'urn:x:userName', 'members.value'],
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
])('refuses to sort users by %s', async (sortBy) => {
  await expect(listUsers(tenant, { sortBy })).rejects.toEqual(refusedWith('invalidValue'));
  await expect(listUsers(tenant, { sortBy, count: 0 })).rejects.toEqual(refusedWith('invalidValue'));
});
