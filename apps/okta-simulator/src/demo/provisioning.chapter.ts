import { isJsonObject, type JsonObject } from '../json.js';
import { type Person } from '../organization.js';
import { type Day, DOMAIN, group, groupId, inOkta, person, untilMembers, userId } from './day.js';
import { until } from './until.js';

const CAST = ['alice', 'bob', 'carol', 'dan', 'erin'];
/** No names of real people: the 35 colleagues of the cast. */
const COLLEAGUES = Array.from({ length: 35 }, (_, index) => `person${String(index + 6).padStart(2, '0')}`);
/** Okta's client comes in bursts. */
const AT_ONCE = 8;

/** Okta connects, creates forty people, updates some, and pushes four groups. */
export async function provisioning(day: Day): Promise<void> {
  await connect(day);
  await people(day);
  await groups(day);
}

async function connect({ story, api, catalog, integrationId }: Day): Promise<void> {
  await story.step(
    'Okta tests the connection, and the integration becomes active',
    'active',
    async () => {
      await catalog.testConnection();
      return until(
        () => api.integration(integrationId),
        (integration) => integration.status === 'active',
      );
    },
    (integration) => integration.status,
  );
}

async function people(day: Day): Promise<void> {
  const { story, organization, catalog, wizard } = day;
  const everybody = [...CAST, ...COLLEAGUES].map((name) =>
    organization.addPerson(`${name}@${DOMAIN}`, name.charAt(0).toUpperCase() + name.slice(1), 'Acme'),
  );
  await story.step(
    'Okta looks for 40 people, finds none, creates them, and reads them back',
    '40 people, no other',
    async () => {
      await inBursts(everybody, (each) => inOkta(catalog, catalog.users.assign(each)));
      return (await catalog.import())?.users ?? [];
    },
    (users) => {
      const known = users.filter((user) => organization.people.has(String(user['userName'])));
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
  await story.step(
    'erin has left: deactivated',
    'not active',
    async () => {
      await inOkta(catalog, catalog.users.deactivate(person(day, 'erin')));
      return catalog.client.send('GET', `/Users/${userId(day, 'erin')}`);
    },
    (erin) => (erin?.['active'] === false ? 'not active' : 'active'),
  );
}

async function updates(day: Day, how: string, whom: Person[], update: (each: Person) => Promise<boolean>): Promise<void> {
  await day.story.step(
    `Okta updates profiles by ${how}`,
    `${whom.length} of ${whom.length} as sent`,
    async () => {
      for (const each of whom) await inOkta(day.catalog, update(each));
      return Promise.all(
        whom.map((each) => day.catalog.client.send('GET', `/Users/${day.catalog.users.idOf(each)}`)),
      );
    },
    (read) => {
      const asSent = read.filter((user, index) => user !== undefined && holds(user, whom[index]?.profile ?? {}));
      return `${asSent.length} of ${whom.length} as sent`;
    },
  );
}

async function groups(day: Day): Promise<void> {
  const { story, organization, catalog } = day;
  const named = (...names: string[]) => names.map((name) => person(day, name));
  const colleagues = (from: number, to: number) => named(...COLLEAGUES.slice(from - 6, to - 5));
  const engineering = organization.addGroup('Engineering', [...named(...CAST), ...colleagues(6, 15)]);
  const onCall = organization.addGroup('On-call', named('carol', 'person06'));
  const production = organization.addGroup('Production access', named('carol'));
  const finance = organization.addGroup('Finance', colleagues(16, 20));

  await story.step(
    'Okta pushes four groups with their members',
    'Engineering 14, On-call 2, Production access 1, Finance 5',
    async () => {
      await inOkta(catalog, catalog.groups.push(engineering), catalog.groups.push(production), catalog.groups.push(finance));
      await inOkta(catalog, catalog.groups.push(onCall, { membersInPost: false }));
      return sizes(day);
    },
    String,
  );
  await story.step(
    'Okta adds and removes members, with its rename PATCH before each change, and replaces all of Finance',
    'Engineering 13, On-call 3, Production access 1, Finance 4',
    async () => {
      await inOkta(catalog, catalog.groups.changeMembers(engineering, { remove: named('person15') }));
      await inOkta(catalog, catalog.groups.changeMembers(onCall, { add: named('person07', 'person08') }));
      await inOkta(catalog, catalog.groups.changeMembers(onCall, { add: named('person09'), remove: named('person06', 'person08') }));
      finance.members.clear();
      for (const each of colleagues(18, 21)) finance.members.add(each);
      await inOkta(catalog, catalog.groups.pushNow(finance));
      return sizes(day);
    },
    String,
  );
  const financeInEffect = 'person18 by scim, person19 by scim, person20 by scim, person21 by scim';
  await story.step(
    'the access service knows the members that Okta pushed',
    `carol by scim, person07 by scim, person09 by scim; ${financeInEffect}`,
    async () => {
      await untilMembers(day, 'Production access', 'carol by scim');
      await untilEngineering(day);
      return [
        await untilMembers(day, 'On-call', 'carol by scim, person07 by scim, person09 by scim'),
        await untilMembers(day, 'Finance', financeInEffect),
      ];
    },
    (found) => found.join('; '),
  );
}

/** Waits until the whole of Engineering is in effect: from then on the access service knows everyone in the story. */
function untilEngineering(day: Day): Promise<string> {
  const members = catalogMembers(day, 'Engineering');
  return untilMembers(day, 'Engineering', members.map((name) => `${name} by scim`).sort().join(', '));
}

function catalogMembers(day: Day, name: string): string[] {
  return day.catalog.users.members(group(day, name).members).map((member) => member.display.split('@')[0] ?? '');
}

/** @returns how many members Okta reads back from each group */
async function sizes(day: Day): Promise<string> {
  const names = ['Engineering', 'On-call', 'Production access', 'Finance'];
  const read = await Promise.all(names.map((name) => day.catalog.client.send('GET', `/Groups/${groupId(day, name)}`)));
  return names.map((name, index) => `${name} ${countMembers(read[index])}`).join(', ');
}

function countMembers(resource: JsonObject | undefined): number {
  const members = resource?.['members'];
  return Array.isArray(members) ? members.length : 0;
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
