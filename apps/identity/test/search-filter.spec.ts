import { matches, parseFilter, printFilter, type ResourceType, type ScimAttributes } from '@tidegate/scim';
import fc from 'fast-check';
import { BASE_URL, type Directory, openDirectory } from './harness.js';
import { filterOf, shownGroup, shownUser, TYPES } from './search-data.js';
import { bodies, listGroups, listUsers, populate } from './search-directory.js';

let directory: Directory;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());

/** Told when it fails, to be put here and tried again. */
const SEED = Date.now() % 2 ** 31;
const RUNS = 6;
const FILTERS = 60;

let draws = SEED;
/** So many random values, others each time. */
const draw = <T>(of: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(of, { numRuns, seed: ++draws });

/** Asks random filters of the same resources. @returns how many of them some met and some did not */
async function compareAll(
  type: ResourceType,
  shown: ScimAttributes[],
  find: (filter: string) => Promise<{ items: { id: string }[] }>,
): Promise<number> {
  const ids = shown.map(({ id }) => id as string);
  const locations = shown.map(({ meta }) => (meta as { location: string }).location);
  const known = [...ids, ...locations, BASE_URL, type.name, type.schema.id];
  let publication = 0;
  for (const filter of draw(filterOf(type, known), FILTERS)) {
    const text = printFilter(filter);
    const met = new Set(shown.filter((one) => matches(type, one, parseFilter(text))));
    const found = new Set((await find(text)).items.map(({ id }) => id));
    const wrong = shown.filter((one) => met.has(one) !== found.has(one['id'] as string));
    expect({ SEED, text, wrong, more: found.size - met.size }).toEqual({ SEED, text, wrong: [], more: 0 });
    publication += met.size > 0 && met.size < shown.length ? 1 : 0;
  }
  return publication;
}

it('SQL finds what the filter says of the resources as they are shown, for every attribute, operator and nesting', async () => {
  let publication = 0;
  for (const directoryOf of draw(bodies, RUNS)) {
    const tenant = directory.tenant();
    await populate(tenant, directoryOf);
    const users = (await listUsers(tenant)).items.map(shownUser);
    const groups = (await listGroups(tenant)).items.map(shownGroup);
    publication += await compareAll(TYPES.User, users, (filter) => listUsers(tenant, { filter }));
    publication += await compareAll(TYPES.Group, groups, (filter) => listGroups(tenant, { filter }));
  }
  // Filters that everybody or nobody meets show little.
  expect(publication).toBeGreaterThan(RUNS * FILTERS * 0.3);
});
