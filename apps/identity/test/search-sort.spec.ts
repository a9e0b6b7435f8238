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
import { pathsOf, renderGroup, renderUser, TYPES } from './search-data.js';
import { type ListParams, bodies, listGroups, listUsers, pagesOf, populate } from './search-directory.js';

let directory: Directory;
let tenant: Tenant;
beforeAll(async () => {
  directory = await openDirectory();
  tenant = directory.tenant();
  await populate(tenant, fc.sample(bodies, 1)[0]!);
});
afterAll(() => directory.close());

/** The primary value, or else the first. */
function preferred(value: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(value)) return value;
  return value.find((item) => (item as { primary?: unknown }).primary === true) ?? value[0];
}

/** The sort key of a resource. */
function keyOf(type: ResourceType, resource: ScimAttributes, sortBy: string) {
  const { extension, attribute, sub } = sortedAttribute(type, sortBy);
  const section = extension ? (resource[extension.id] as ScimAttributes | undefined) : resource;
  const value = preferred(section?.[attribute.name]);
  const leaf = sub ? preferred((value as ScimAttributes | undefined)?.[sub.name]) : value;
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

/**
 * One path of each kind: columns, JSON paths, sub-attributes, multi-valued attributes, relations; and no sort order.
 */
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

describe.each(['User', 'Group'] as const)('a list of resources of type %s', (name) => {
  const type = TYPES[name];
  const list = async (params: ListParams) => {
    const { items, ...more } = await LISTS[name](tenant, params);
    return { ...more, items: items.map((item) => ('groups' in item ? renderUser(item) : renderGroup(item))) };
  };
  const ids = async (params: ListParams) => (await list(params)).items.map(({ id }) => id as string);

  it('has the same order as in memory for every attribute, and descending is the exact reverse', async () => {
    const { items } = await list({});
    expect(sortable(type).length).toBeGreaterThan(30);
    for (const sortBy of sortable(type)) {
      const expected = sorted(type, items, sortBy);
      expect([sortBy, await ids({ sortBy })]).toEqual([sortBy, expected]);
      expect([sortBy, await ids({ sortBy, sortOrder: 'descending' })]).toEqual([sortBy, expected.toReversed()]);
    }
  });

  it.each(someOf(type))(
    'sorted by "%s" has the same order in pages by index and by cursor, forward and backward',
    async (path) => {
      const sortBy = path || undefined;
      const filter = 'meta.created pr and not (externalId eq "work")';
      for (const params of [
        { sortBy, filter },
        { sortBy, sortOrder: 'descending' as const },
      ]) {
        const whole = await ids(params);
        const byIndex = [];
        for (let startIndex = 1; startIndex <= whole.length + 4; startIndex += 4)
          byIndex.push(...(await ids({ ...params, startIndex, count: 4 })));
        expect(byIndex).toEqual(whole);
        const { forward, backward } = await pagesOf(
          async (each) => {
            const { items, ...more } = await list(each);
            return { ...more, items: items.map(({ id }) => ({ id: id as string })) };
          },
          params,
          4,
        );
        expect([forward.flat(), backward]).toEqual([whole, forward]);
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
