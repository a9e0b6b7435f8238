import { type FlowRecord, type GrantRecord, type RequestRecord } from '@tidegate/contracts';
import { Browser, eventually } from '@tidegate/testing';
import { type OktaSimulator, startOktaSimulator } from '../apps/okta-simulator/src/simulator.js';
import { type Start } from './both-ways.js';
import { api } from './http.js';
import { type Tidegate } from './system.js';

/** Okta's redirect origin, which the test's browser maps to the simulator. */
export const OKTA = 'https://system-admin.okta.com';
/** To App: all switches on. */
export const SWITCHES = { create: true, update: true, deactivate: true };

interface Listed {
  id: string;
  userName: string;
  displayName: string;
  active: boolean;
  externalId: string;
}

/**
 * Sets up Tidegate, an Okta organization with alice, bob, erin and two groups, and a browser. Each test of a story continues
 * from the state of the previous one.
 */
export function story(start: Start) {
  let tidegate: Tidegate;
  let okta: OktaSimulator;
  let browser: Browser;

  beforeAll(async () => {
    tidegate = await start();
    okta = await startOktaSimulator({ tidegate: tidegate.baseUrl });
    browser = new Browser({ hosts: { [OKTA]: okta.origin } });
    for (const name of ['Alice', 'Bob', 'Erin']) {
      okta.org.people.create({ userName: `${name.toLowerCase()}@acme.example`, givenName: name, familyName: 'Acme' });
    }
    okta.org.groups.changeMembers(okta.org.groups.create('Engineering'), { add: [person('bob')] });
    okta.org.groups.create('On-call');
  });
  afterAll(async () => {
    await okta?.close();
    await tidegate?.stop();
  });

  const ask = <T>(method: string, path: string, body?: object) => api<T>(tidegate, method, path, body);
  const person = (name: string) => okta.org.directory.personNamed(`${name}@acme.example`)!;
  const app = () => [...okta.org.apps.values()][0]!;
  return {
    ask,
    person,
    app,
    group: (name: string) => okta.org.directory.groupNamed(name)!,
    browser: () => browser,
    okta: () => okta,
    tab: (name: string) => browser.open(`${okta.origin}/admin/apps/${app().id}/${name}`),
    people: () => browser.open(`${okta.origin}/admin/people`),
    listed: async (kind: 'users' | 'groups', integrationId: string) =>
      (await ask<{ items: Listed[] }>('GET', `/integrations/${integrationId}/${kind}`)).items,
  };
}

/** Requests a group of the integration for a user. @returns the id of the active grant */
export async function requestAccess(
  { ask, listed }: Pick<ReturnType<typeof story>, 'ask' | 'listed'>,
  integrationId: string,
  { userName, group }: { userName: string; group: string },
): Promise<string> {
  const { id: userId } = (await listed('users', integrationId)).find((user) => user.userName === userName)!;
  const { id: groupId } = (await listed('groups', integrationId)).find(({ displayName }) => displayName === group)!;
  const rest = { eligibility: { kind: 'everyone' }, steps: [], maxDurationSeconds: 3_600 };
  const { id: flowId } = await eventually(() =>
    ask<FlowRecord>('POST', '/access-flows', { integrationId, name: userName, groupIds: [groupId], ...rest }),
  );
  const { grantId } = await eventually(() =>
    ask<RequestRecord>('POST', '/access-requests', { flowId, userId, groupId, durationSeconds: 600 }),
  );
  await eventually(async () => expect((await ask<GrantRecord>('GET', `/grants/${grantId}`)).status).toBe('active'));
  return grantId!;
}
