import { testConnection } from '../app.js';
import { isJsonObject, type JsonObject } from '../json.js';
import { type Person } from '../organization.js';
import { MAIN_USERS, numberedUsers, type DemoContext, DOMAIN, runTasks, person, userId } from './context.js';
import { until } from './until.js';

/** Concurrent tasks, as Okta sends them in bursts. */
const BATCH_SIZE = 8;

/** "Test API Credentials", after which the integration is active. */
export async function connection({ runner, api, catalog, integrationId, timeoutSeconds }: DemoContext): Promise<void> {
  await runner.step(
    'Okta tests the connection, and the integration becomes active',
    'active',
    async () => {
      await testConnection(catalog.client);
      return until(
        () => api.integration(integrationId),
        (integration) => integration.status === 'active',
        timeoutSeconds,
      );
    },
    (integration) => integration.status,
  );
}

/** Okta creates 40 people and updates ten of them. */
export async function people(context: DemoContext): Promise<void> {
  const { runner, organization, catalog, wizard } = context;
  const allPeople = [...MAIN_USERS, ...numberedUsers(6, 40)].map((name) =>
    organization.addPerson(`${name}@${DOMAIN}`, name.charAt(0).toUpperCase() + name.slice(1), 'Acme'),
  );
  const names = new Set<unknown>(allPeople.map((each) => each.profile.userName));
  await runner.step(
    'Okta searches 40 people, finds none, creates them, and imports them',
    '40 people, no others',
    async () => {
      await inBatches(allPeople, (each) => runTasks(catalog, catalog.users.assign(each)));
      return (await catalog.import())?.users ?? [];
    },
    (users) => {
      const matching = users.filter((user) => names.has(user['userName']));
      return matching.length === users.length
        ? `${users.length} people, no others`
        : `${users.length} people and others`;
    },
  );
  await runner.step(
    'bob is also assigned to an app from the wizard: found by userName and linked',
    'the same id',
    () => runTasks(wizard, wizard.users.assign(person(context, 'bob'))),
    () => (wizard.users.idOf(person(context, 'bob')) === userId(context, 'bob') ? 'the same id' : 'another id'),
  );
  await updates(context, 'GET and PUT', allPeople.slice(0, 5), (each) =>
    catalog.users.updateProfile(each, { name: { middleName: 'Excited' }, title: 'Engineer' }),
  );
  await updates(context, 'PATCH without a path', allPeople.slice(5, 10), (each) =>
    catalog.users.patchProfile(each, { name: { middleName: 'Excited' }, title: 'Engineer' }),
  );
}

async function updates(
  context: DemoContext,
  method: string,
  targets: Person[],
  update: (each: Person) => Promise<boolean>,
): Promise<void> {
  await context.runner.step(
    `Okta updates profiles by ${method}`,
    `${targets.length} of ${targets.length} as sent`,
    async () => {
      for (const each of targets) await runTasks(context.catalog, update(each));
      return Promise.all(
        targets.map((each) => context.catalog.client.send('GET', `/Users/${context.catalog.users.idOf(each)}`)),
      );
    },
    (read) => {
      const asSent = read.filter((user, index) => user !== undefined && hasAll(user, targets[index]?.profile ?? {}));
      return `${asSent.length} of ${targets.length} as sent`;
    },
  );
}

/** @returns whether the resource has all sent attributes; others are ignored */
function hasAll(resource: JsonObject, sent: JsonObject): boolean {
  return Object.entries(sent).every(([key, value]) => {
    const found = resource[key];
    if (isJsonObject(value)) return isJsonObject(found) && hasAll(found, value);
    if (Array.isArray(value)) return Array.isArray(found) && found.length === value.length;
    return found === value;
  });
}

async function inBatches<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    await Promise.all(items.slice(start, start + BATCH_SIZE).map(work));
  }
}
