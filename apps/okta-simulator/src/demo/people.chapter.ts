import { testConnection } from '../app.js';
import { isJsonObject, type JsonObject } from '../json.js';
import { type Person } from '../organization.js';
import { CAST, colleagues, type Day, DOMAIN, inOkta, person, userId } from './day.js';
import { until } from './until.js';

/** Okta's client comes in bursts. */
const AT_ONCE = 8;

/** "Test API Credentials", then Save. */
export async function connection({ story, api, catalog, integrationId, patienceSeconds }: Day): Promise<void> {
  await story.step(
    'Okta tests the connection, and the integration becomes active',
    'active',
    async () => {
      await testConnection(catalog.client);
      return until(
        () => api.integration(integrationId),
        (integration) => integration.status === 'active',
        patienceSeconds,
      );
    },
    (integration) => integration.status,
  );
}

/** Okta creates forty people and updates some. */
export async function people(day: Day): Promise<void> {
  const { story, organization, catalog, wizard } = day;
  const everybody = [...CAST, ...colleagues(6, 40)].map((name) =>
    organization.addPerson(`${name}@${DOMAIN}`, name.charAt(0).toUpperCase() + name.slice(1), 'Acme'),
  );
  const names = new Set<unknown>(everybody.map((each) => each.profile.userName));
  await story.step(
    'Okta looks for 40 people, finds none, creates them, and reads them back',
    '40 people, no other',
    async () => {
      await inBursts(everybody, (each) => inOkta(catalog, catalog.users.assign(each)));
      return (await catalog.import())?.users ?? [];
    },
    (users) => {
      const known = users.filter((user) => names.has(user['userName']));
      return known.length === users.length ? `${users.length} people, no other` : `${users.length} people and others`;
    },
  );
  await story.step(
    'bob is assigned through an app made in the wizard too: found by userName and linked',
    'the same id',
    () => inOkta(wizard, wizard.users.assign(person(day, 'bob'))),
    () => (wizard.users.idOf(person(day, 'bob')) === userId(day, 'bob') ? 'the same id' : 'another id'),
  );
  await updates(day, 'GET and PUT', everybody.slice(0, 5), (each) =>
    catalog.users.updateProfile(each, { name: { middleName: 'Excited' }, title: 'Engineer' }),
  );
  await updates(day, 'PATCH without a path', everybody.slice(5, 10), (each) =>
    catalog.users.patchProfile(each, { name: { middleName: 'Excited' }, title: 'Engineer' }),
  );
}

async function updates(
  day: Day,
  how: string,
  whom: Person[],
  update: (each: Person) => Promise<boolean>,
): Promise<void> {
  await day.story.step(
    `Okta updates profiles by ${how}`,
    `${whom.length} of ${whom.length} as sent`,
    async () => {
      for (const each of whom) await inOkta(day.catalog, update(each));
      return Promise.all(whom.map((each) => day.catalog.client.send('GET', `/Users/${day.catalog.users.idOf(each)}`)));
    },
    (read) => {
      const asSent = read.filter((user, index) => user !== undefined && holds(user, whom[index]?.profile ?? {}));
      return `${asSent.length} of ${whom.length} as sent`;
    },
  );
}

/** @returns whether the resource holds everything that was sent; it may hold more */
function holds(resource: JsonObject, sent: JsonObject): boolean {
  return Object.entries(sent).every(([key, value]) => {
    const found = resource[key];
    if (isJsonObject(value)) return isJsonObject(found) && holds(found, value);
    if (Array.isArray(value)) return Array.isArray(found) && found.length === value.length;
    return found === value;
  });
}

async function inBursts<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += AT_ONCE) {
    await Promise.all(items.slice(start, start + AT_ONCE).map(work));
  }
}
