import { Browser, eventually } from '@tidegate/testing';
import { type OktaSimulator, startOktaSimulator } from '../apps/okta-simulator/src/simulator.js';
import { api } from './http.js';
import { startInProcess } from './in-process.js';
import { API_KEY, type Tidegate } from './system.js';

const APP_NAME = 'acme_tidegate_1';
/** Where Okta's own browsers come back to: the simulator answers there for the test's browser. */
const OKTA = 'https://system-admin.okta.com';

interface Listed {
  items: { id: string; userName: string; displayName: string; active: boolean; externalId: string }[];
}

/** Each test goes on where the one before ended: the steps of the guide, on both sides, in one browser. */
describe("the product guide's steps, in Okta and in Tidegate", () => {
  let tidegate: Tidegate;
  let okta: OktaSimulator;
  let browser: Browser;
  let integrationId: string;
  let client: { clientId: string; clientSecret: string };

  beforeAll(async () => {
    tidegate = await startInProcess();
    okta = await startOktaSimulator({ tidegate: tidegate.baseUrl });
    browser = new Browser({ hosts: { [OKTA]: okta.origin } });
    for (const name of ['Alice', 'Bob', 'Erin']) {
      okta.org.people.create({ userName: `${name.toLowerCase()}@acme.example`, givenName: name, familyName: 'Acme' });
    }
    okta.org.groups.changeMembers(okta.org.groups.create('On-call'), { add: [...okta.org.directory.people.values()] });
  });
  afterAll(async () => {
    await okta?.close();
    await tidegate?.stop();
  });

  const integration = () => api<{ status: string }>(tidegate, 'GET', `/integrations/${integrationId}`);
  const listed = async (kind: 'users' | 'groups') =>
    (await api<Listed>(tidegate, 'GET', `/integrations/${integrationId}/${kind}`)).items;
  const person = (name: string) => okta.org.directory.personNamed(`${name}@acme.example`)!;
  const app = () => [...okta.org.apps.values()][0]!;
  const connection = () => ({ enabled: true, connectionId: integrationId });

  it('In Tidegate: Connect makes an integration that is initializing, and its client', async () => {
    const settings = { type: 'okta-scim', name: 'Acme Okta', domain: 'acme.okta.com' };
    ({ id: integrationId } = await api<{ id: string }>(tidegate, 'POST', '/integrations', settings));
    expect((await integration()).status).toBe('initializing');
    client = await api(tidegate, 'POST', `/integrations/${integrationId}/oauth-client`, { appName: APP_NAME });
  });

  it('In Okta: the app is added from the catalog, and knows its client', async () => {
    await browser.open(`${okta.origin}/admin/apps/catalog?q=tidegate`);
    await browser.press('Add Integration');
    const { clientId, clientSecret } = client;
    const text = await browser.press('Save', { clientId, clientSecret, appName: APP_NAME, callbackOrigin: OKTA });
    expect(text).toContain(`Redirect URI: ${OKTA}/admin/app/cpc/${APP_NAME}/oauth/callback`);
  });

  it('Authenticate with Tidegate: an administrator logs in, reads who asks, and approves', async () => {
    await browser.follow('Provisioning: Integration');
    await browser.press('Authenticate with Tidegate', connection());
    const consent = await browser.press('Log in with the key', { key: API_KEY });
    for (const named of ['Acme Okta', 'acme.okta.com']) expect(consent).toContain(named);
    expect(await browser.press('Approve')).toContain('Authenticated with Tidegate.');
    expect(browser.history.some((address) => address.startsWith(`${OKTA}/admin/app/cpc/`))).toBe(true);
    expect((await integration()).status).toBe('initializing');
  });

  it('Test API Credentials and Save: the two applications talk, and the integration is active', async () => {
    expect(await browser.press('Test API Credentials')).toContain('verified successfully');
    expect(await browser.press('Save')).toContain('Saved.');
    await eventually(async () => expect((await integration()).status).toBe('active'));
  });

  it('To App, Push Users, Push Groups: who is assigned and pushed in Okta is in Tidegate', async () => {
    await browser.follow('To App');
    await browser.press('Save', { create: true, update: true, deactivate: true });
    await browser.follow('Assignments');
    for (const name of ['alice', 'bob', 'erin']) await browser.press('Assign', { person: person(name).id });
    await browser.follow('Push Groups');
    await browser.press('Push');
    await okta.org.idle();
    expect(app().tasks.failed).toEqual([]);
    const users = await listed('users');
    expect(users.map((user) => user.externalId).sort()).toEqual(
      ['alice', 'bob', 'erin'].map((name) => person(name).id).sort(),
    );
    expect((await listed('groups')).map((group) => group.displayName)).toEqual(['On-call']);
  });

  it('Push Deactivate User: erin is inactive in Tidegate', async () => {
    await browser.open(`${okta.origin}/admin/people/${person('erin').id}`);
    expect(await browser.press('Deactivate')).toContain('DEPROVISIONED');
    await okta.org.idle();
    const erin = (await listed('users')).find((user) => user.externalId === person('erin').id);
    expect(erin?.active).toBe(false);
  });

  it('another Connection ID is not reached with what was authenticated for this one', async () => {
    const settings = { type: 'okta-scim', name: 'Another Okta', domain: 'another.okta.com' };
    const { id } = await api<{ id: string }>(tidegate, 'POST', '/integrations', settings);
    await browser.open(`${okta.origin}/admin/apps/${app().id}/provisioning`);
    expect(await browser.press('Save', { ...connection(), connectionId: id })).toContain('not authenticated');
    expect((await browser.press('Authenticate with Tidegate', { connectionId: id })).toLowerCase()).toMatch(/client/);
    expect(app().connection.saved.settings.connectionId).toBe(integrationId);
  });
});
