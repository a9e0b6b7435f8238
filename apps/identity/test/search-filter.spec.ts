import { matches, parseFilter, printFilter, type ResourceType, type ScimAttributes } from '@tidegate/scim';
import fc from 'fast-check';
import { BASE_URL, type Directory, openDirectory } from './harness.js';
import { filterOf, renderGroup, renderUser, TYPES } from './search-data.js';
import { bodies, listGroups, listUsers, populate } from './search-directory.js';

let directory: Directory;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());

/** Printed after a failure. Set it here to repeat the run. */
const SEED = Date.now() % 2 ** 31;
const RUNS = 6;
const FILTERS = 60;

let draws = SEED;
/** New random values on each call. */
const draw = <T>(of: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(of, { numRuns, seed: ++draws });

/**
 * Compares the results of random filters in SQL with those in memory.
 * @returns the number of filters that match some of the resources, but not all
 */
async function compareAll(
  type: ResourceType,
  resources: ScimAttributes[],
  find: (filter: string) => Promise<{ items: { id: string }[] }>,
): Promise<number> {
  const ids = resources.map(({ id }) => id as string);
  const locations = resources.map(({ meta }) => (meta as { location: string }).location);
  const known = [...ids, ...locations, BASE_URL, type.name, type.schema.id];
  let selective = 0;
  for (const filter of draw(filterOf(type, known), FILTERS)) {
    const text = printFilter(filter);
    const expected = new Set(resources.filter((resource) => matches(type, resource, parseFilter(text))));
    const found = new Set((await find(text)).items.map(({ id }) => id));
    const wrong = resources.filter((resource) => expected.has(resource) !== found.has(resource['id'] as string));
    expect({ SEED, text, wrong, more: found.size - expected.size }).toEqual({ SEED, text, wrong: [], more: 0 });
    selective += expected.size > 0 && expected.size < resources.length ? 1 : 0;
  }
  return selective;
}

it('a filter in SQL finds the same resources as in memory, for every attribute, operator and nesting', async () => {
  let selective = 0;
  for (const directoryOf of draw(bodies, RUNS)) {
    const tenant = directory.tenant();
    await populate(tenant, directoryOf);
    const users = (await listUsers(tenant)).items.map(renderUser);
    const groups = (await listGroups(tenant)).items.map(renderGroup);
    selective += await compareAll(TYPES.User, users, (filter) => listUsers(tenant, { filter }));
    selective += await compareAll(TYPES.Group, groups, (filter) => listGroups(tenant, { filter }));
  }
  // Filters that match all resources or none are weak tests.
  expect(selective).toBeGreaterThan(RUNS * FILTERS * 0.3);
});
