import { type JsonObject } from '../json.js';
import {
  byScim,
  MAIN_USERS,
  numberedUsers,
  type DemoContext,
  group,
  groupId,
  runTasks,
  person,
  untilMembers,
  userId,
} from './context.js';

/** Okta pushes four groups, deactivates erin, and changes members. */
export async function groups(context: DemoContext): Promise<void> {
  await firstPush(context);
  await deactivateErin(context);
  await changes(context);
}

async function firstPush(context: DemoContext): Promise<void> {
  const { runner, organization, catalog } = context;
  const engineering = organization.addGroup('Engineering', named(context, ...MAIN_USERS, ...numberedUsers(6, 15)));
  const onCall = organization.addGroup('On-call', named(context, 'carol', 'person06'));
  const production = organization.addGroup('Production access', named(context, 'carol'));
  const finance = organization.addGroup('Finance', named(context, ...numberedUsers(16, 20)));
  await runner.step(
    'Okta pushes four groups with their members',
    'Engineering 15, On-call 2, Production access 1, Finance 5',
    async () => {
      const { groups: push } = catalog;
      await runTasks(catalog, push.push(engineering), push.push(production), push.push(finance));
      await runTasks(catalog, push.push(onCall, { membersInPost: false }));
      return sizes(context);
    },
    String,
  );
}

async function deactivateErin(context: DemoContext): Promise<void> {
  const { runner, catalog } = context;
  const allMembers = byScim(...MAIN_USERS, ...numberedUsers(6, 15));
  await runner.step(
    'Engineering has all pushed members, erin included',
    allMembers,
    () => untilMembers(context, 'Engineering', allMembers),
    String,
  );
  await runner.step(
    'Okta deactivates erin: no effective member of Engineering, but still in the group that Okta reads',
    'not active; out; Engineering 15',
    async () => {
      await runTasks(catalog, catalog.users.deactivate(person(context, 'erin')));
      const erin = await catalog.client.send('GET', `/Users/${userId(context, 'erin')}`);
      const without = byScim('alice', 'bob', 'carol', 'dan', ...numberedUsers(6, 15));
      const removed = (await untilMembers(context, 'Engineering', without)) === without;
      const read = await catalog.client.send('GET', `/Groups/${groupId(context, 'Engineering')}`);
      return `${erin?.['active'] === false ? 'not active' : 'active'}; ${removed ? 'out' : 'in'}; Engineering ${size(read)}`;
    },
    String,
  );
}

async function changes(context: DemoContext): Promise<void> {
  const { runner, catalog } = context;
  const [engineering, onCall, finance] = [
    group(context, 'Engineering'),
    group(context, 'On-call'),
    group(context, 'Finance'),
  ];
  await runner.step(
    'Okta adds and removes members, with a rename PATCH before each change, and replaces all members of Finance',
    'Engineering 14, On-call 3, Production access 1, Finance 4',
    async () => {
      const { groups: push } = catalog;
      await runTasks(catalog, push.changeMembers(engineering, { remove: named(context, 'person15') }));
      await runTasks(catalog, push.changeMembers(onCall, { add: named(context, 'person07', 'person08') }));
      const swap = { add: named(context, 'person09'), remove: named(context, 'person06', 'person08') };
      await runTasks(catalog, push.changeMembers(onCall, swap));
      finance.members.clear();
      for (const each of named(context, ...numberedUsers(18, 21))) finance.members.add(each);
      await runTasks(catalog, push.pushNow(finance));
      return sizes(context);
    },
    String,
  );
  const effective = {
    'Production access': byScim('carol'),
    'On-call': byScim('carol', 'person07', 'person09'),
    Finance: byScim(...numberedUsers(18, 21)),
  };
  await runner.step(
    'the changed groups have the expected effective members',
    Object.values(effective).join('; '),
    () => Promise.all(Object.entries(effective).map(([name, members]) => untilMembers(context, name, members))),
    (members) => members.join('; '),
  );
}

function named(context: DemoContext, ...names: string[]) {
  return names.map((name) => person(context, name));
}

/** @returns the number of members that Okta reads from each group */
async function sizes(context: DemoContext): Promise<string> {
  const names = ['Engineering', 'On-call', 'Production access', 'Finance'];
  const read = await Promise.all(
    names.map((name) => context.catalog.client.send('GET', `/Groups/${groupId(context, name)}`)),
  );
  return names.map((name, index) => `${name} ${size(read[index])}`).join(', ');
}

function size(resource: JsonObject | undefined): number {
  const members = resource?.['members'];
  return Array.isArray(members) ? members.length : 0;
}
