import { Browser, eventually } from '@tidegate/testing';
import { type OktaSimulator, startOktaSimulator } from '../apps/okta-simulator/src/simulator.js';
import { bothWays } from './both-ways.js';
import { api, newTenant, send, type Tenant } from './http.js';
import { API_KEY, type Tidegate } from './system.js';

const PASSWORD = 'correct horse battery';

bothWays('people of an Okta organization at Tidegate', (start) => {
  let tidegate: Tidegate;
  let okta: OktaSimulator;
  let tenant: Tenant;
  let alice: { oktaId: string; userId: string };
  beforeAll(async () => {
    [tidegate, okta] = await Promise.all([start({ PRIVATE_ISSUERS: 'true' }), startOktaSimulator()]);
    tenant = await newTenant(tidegate);
    const settings = { issuer: okta.origin, label: 'Acme', integrationIds: [tenant.integrationId] };
    // Okta requires the redirect URI, which contains the provider's id, before it shows the client id and secret.
    const provider = await api<{ id: string; redirectUri: string }>(tidegate, 'POST', '/login-providers', {
      ...settings,
      clientId: 'not known yet',
      clientSecret: 'not known yet',
    });
    const registered = { label: 'Tidegate', redirectUris: [provider.redirectUri] };
    const { clientId, clientSecret } = okta.org.loginClients.create(registered);
    await api(tidegate, 'PATCH', `/login-providers/${provider.id}`, { clientId, clientSecret });
    alice = await newPerson('Alice', 'Archer');
  });
  afterAll(() => Promise.all([tidegate?.stop(), okta?.close()]));

  /** Creates a person in Okta, whom Okta pushes. */
  async function newPerson(givenName: string, familyName: string) {
    const userName = `${givenName}@acme.example`.toLowerCase();
    const { id } = okta.org.people.create({ userName, givenName, familyName, password: PASSWORD });
    const pushed = await scim('POST', '/Users', { schemas: [USER], userName, externalId: id, active: true });
    expect(pushed.status).toBe(201);
    return { oktaId: id, userId: (pushed.body as { id: string }).id };
  }
  const scim = (method: string, path: string, body: object) =>
    send(
      method,
      tenant.scimBaseUrl + path,
      { authorization: `Bearer ${tenant.token}`, 'content-type': 'application/scim+json' },
      JSON.stringify(body),
    );
  const setActive = (userId: string, active: boolean) =>
    scim('PATCH', `/Users/${userId}`, { schemas: [PATCH], Operations: [{ op: 'replace', value: { active } }] });
  const loginPage = (browser: Browser) => browser.open(`${tidegate.baseUrl}/login?returnTo=/api/v1/me`);
  const logIn = async (username: string): Promise<Browser> => {
    const browser = new Browser();
    await loginPage(browser);
    await browser.follow('Sign in with Acme');
    await browser.press('Sign in', { username, password: PASSWORD });
    return browser;
  };

  it('log in with their Okta password, as the users that Okta pushed', async () => {
    const browser = await logIn('alice@acme.example');
    expect([browser.url.href, browser.status]).toEqual([`${tidegate.baseUrl}/api/v1/me`, 200]);
    expect(JSON.parse(browser.body)).toMatchObject({
      issuer: okta.origin,
      subject: alice.oktaId,
      users: { [tenant.integrationId]: alice.userId },
      roles: { admin: [] },
    });
  });

  it('see who they are at the end of a login, and log out there', async () => {
    const browser = new Browser();
    await browser.open(`${tidegate.baseUrl}/`);
    expect(browser.text).toContain('Tidegate is ready');
    await browser.follow('Log in');
    await browser.follow('Sign in with Acme');
    await browser.press('Sign in', { username: 'alice@acme.example', password: PASSWORD });
    expect([browser.url.href, browser.status]).toEqual([`${tidegate.baseUrl}/`, 200]);
    expect(browser.text).toContain('Logged in as alice@acme.example');
    expect(await browser.press('Log out')).toContain('Sign in with Acme');
  });

  it('authenticate again, and log out', async () => {
    const browser = await logIn('alice@acme.example');
    const before = browser.cookies.getCookieStringSync(tidegate.baseUrl);
    await browser.open(`${tidegate.baseUrl}/login?again=1&returnTo=/api/v1/me`);
    await browser.follow('Sign in with Acme');
    await browser.press('Sign in', { username: 'alice@acme.example', password: PASSWORD });
    expect([browser.url.pathname, browser.status]).toEqual(['/api/v1/me', 200]);
    expect(browser.cookies.getCookieStringSync(tidegate.baseUrl)).not.toBe(before);
    await browser.open(`${tidegate.baseUrl}/logout`);
    expect(await browser.press('Log out')).toContain('Sign in with Acme');
    await browser.open(`${tidegate.baseUrl}/api/v1/me`);
    expect(browser.status).toBe(401);
  });

  it('have no access before Okta pushes them', async () => {
    const userName = 'bob@acme.example';
    okta.org.people.create({ userName, givenName: 'Bob', familyName: 'Baker', password: PASSWORD });
    const browser = await logIn(userName);
    expect([browser.status, browser.text]).toEqual([403, expect.stringContaining('No access')]);
  });

  it('lose access when Okta deactivates them, and regain it when Okta reactivates them', async () => {
    const erin = await newPerson('Erin', 'Evans');
    const browser = await logIn('erin@acme.example');
    expect(browser.status).toBe(200);
    expect((await setActive(erin.userId, false)).status).toBe(200);
    await eventually(async () => {
      await browser.open(`${tidegate.baseUrl}/api/v1/me`);
      expect(browser.status).toBe(401);
    });
    expect((await logIn('erin@acme.example')).status).toBe(403);
    await setActive(erin.userId, true);
    expect((await logIn('erin@acme.example')).status).toBe(200);
  });

  it('can administer after an administrator from the first start gives them the role', async () => {
    const dan = new Browser();
    await loginPage(dan);
    await dan.press('Log in with the key', { key: API_KEY });
    expect(JSON.parse(dan.body)).toMatchObject({ roles: { admin: null } });
    const { integrationId } = tenant;
    const given = { integrationId, userId: alice.userId, role: 'admin', integrationIds: [integrationId] };
    await api(tidegate, 'POST', '/role-assignments', given);
    const browser = await logIn('alice@acme.example');
    expect(JSON.parse(browser.body)).toMatchObject({ roles: { admin: [integrationId] } });
  });
});

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
