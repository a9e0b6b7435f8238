import { type JsonObject } from '../json.js';
import { byScim, CAST, colleagues, type Day, group, groupId, inOkta, person, untilMembers, userId } from './day.js';

/** Okta pushes four groups; erin, a member of one, leaves; Okta changes who is in them. */
export async function groups(day: Day): Promise<void> {
  await firstPush(day);
  await erinLeaves(day);
  await changes(day);
}

async function firstPush(day: Day): Promise<void> {
  const { story, organization, catalog } = day;
  const engineering = organization.addGroup('Engineering', named(day, ...CAST, ...colleagues(6, 15)));
  const onCall = organization.addGroup('On-call', named(day, 'carol', 'person06'));
  const production = organization.addGroup('Production access', named(day, 'carol'));
  const finance = organization.addGroup('Finance', named(day, ...colleagues(16, 20)));
  await story.step(
    'Okta pushes four groups with their members',
    'Engineering 15, On-call 2, Production access 1, Finance 5',
    async () => {
      const { groups: push } = catalog;
      await inOkta(catalog, push.push(engineering), push.push(production), push.push(finance));
      await inOkta(catalog, push.push(onCall, { membersInPost: false }));
      return sizes(day);
    },
    String,
  );
}

async function erinLeaves(day: Day): Promise<void> {
  const { story, catalog } = day;
  const whole = byScim(...CAST, ...colleagues(6, 15));
  await story.step(
    'the members of Engineering are in effect, erin among them',
    whole,
    () => untilMembers(day, 'Engineering', whole),
    String,
  );
  await story.step(
    'erin leaves: deactivated, out of Engineering in effect, and still a member in what Okta reads',
    'not active; out; Engineering 15',
    async () => {
      await inOkta(catalog, catalog.users.deactivate(person(day, 'erin')));
      const erin = await catalog.client.send('GET', `/Users/${userId(day, 'erin')}`);
      const without = byScim('alice', 'bob', 'carol', 'dan', ...colleagues(6, 15));
      const left = (await untilMembers(day, 'Engineering', without)) === without;
      const read = await catalog.client.send('GET', `/Groups/${groupId(day, 'Engineering')}`);
      return `${erin?.['active'] === false ? 'not active' : 'active'}; ${left ? 'out' : 'in'}; Engineering ${size(read)}`;
    },
    String,
  );
}

async function changes(day: Day): Promise<void> {
  const { story, catalog } = day;
  const [engineering, onCall, finance] = [group(day, 'Engineering'), group(day, 'On-call'), group(day, 'Finance')];
  await story.step(
    'Okta adds and removes members, with its rename PATCH before each change, and replaces all of Finance',
    'Engineering 14, On-call 3, Production access 1, Finance 4',
    async () => {
      const { groups: push } = catalog;
      await inOkta(catalog, push.changeMembers(engineering, { remove: named(day, 'person15') }));
      await inOkta(catalog, push.changeMembers(onCall, { add: named(day, 'person07', 'person08') }));
      const swap = { add: named(day, 'person09'), remove: named(day, 'person06', 'person08') };
      await inOkta(catalog, push.changeMembers(onCall, swap));
      finance.members.clear();
      for (const each of named(day, ...colleagues(18, 21))) finance.members.add(each);
      await inOkta(catalog, push.pushNow(finance));
      return sizes(day);
    },
    String,
  );
  const inEffect = {
    'Production access': byScim('carol'),
    'On-call': byScim('carol', 'person07', 'person09'),
    Finance: byScim(...colleagues(18, 21)),
  };
  await story.step(
    'the changed groups are in effect',
    Object.values(inEffect).join('; '),
    () => Promise.all(Object.entries(inEffect).map(([name, members]) => untilMembers(day, name, members))),
    (found) => found.join('; '),
  );
}

function named(day: Day, ...names: string[]) {
  return names.map((name) => person(day, name));
}

/** @returns how many members Okta reads back from each group */
async function sizes(day: Day): Promise<string> {
  const names = ['Engineering', 'On-call', 'Production access', 'Finance'];
  const read = await Promise.all(names.map((name) => day.catalog.client.send('GET', `/Groups/${groupId(day, name)}`)));
  return names.map((name, index) => `${name} ${size(read[index])}`).join(', ');
}

function size(resource: JsonObject | undefined): number {
  const members = resource?.['members'];
  return Array.isArray(members) ? members.length : 0;
}
