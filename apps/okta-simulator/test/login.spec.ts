import { Browser } from '@tidegate/testing';
import * as oidc from 'openid-client';
import { type OktaSimulator, startOktaSimulator } from '../src/simulator.js';

const REDIRECT = 'http://127.0.0.1:9/callback';
const PASSWORD = 'correct horse battery';

describe('The login', () => {
  let okta: OktaSimulator;
  let client: oidc.Configuration;
  let aliceId: string;

  beforeAll(async () => {
    okta = await startOktaSimulator();
    const { org } = okta;
    aliceId = org.people.create({
      userName: 'alice@acme.example',
      givenName: 'Alice',
      familyName: 'Archer',
      password: PASSWORD,
    }).id;
    org.groups.changeMembers(org.groups.create('Engineering'), { add: [org.person(aliceId)] });
    const { clientId, clientSecret } = org.loginClients.create({ label: 'Tidegate', redirectUris: [REDIRECT] });
    const authentication = oidc.ClientSecretBasic(clientSecret);
    const options = { execute: [oidc.allowInsecureRequests] };
    client = await oidc.discovery(new URL(okta.origin), clientId, undefined, authentication, options);
  });
  afterAll(() => okta?.close());

  /** Opens the login in the browser. @returns the checks for the callback */
  async function ask(browser: Browser, parameters: Record<string, string> = {}) {
    const [pkceCodeVerifier, expectedState, expectedNonce] = [
      oidc.randomPKCECodeVerifier(),
      oidc.randomState(),
      oidc.randomNonce(),
    ];
    const code_challenge = await oidc.calculatePKCECodeChallenge(pkceCodeVerifier);
    const pkce = { code_challenge, code_challenge_method: 'S256' };
    const checks = { pkceCodeVerifier, expectedState, expectedNonce };
    const asked = {
      redirect_uri: REDIRECT,
      scope: 'openid profile email groups',
      state: expectedState,
      nonce: expectedNonce,
    };
    await arrive(() => browser.open(oidc.buildAuthorizationUrl(client, { ...asked, ...pkce, ...parameters }).href));
    return checks;
  }
  /** The callback URL is not served; only its parameters are used. */
  const arrive = (go: () => Promise<unknown>) => go().catch(() => undefined);
  const signIn = (browser: Browser, username: string, password: string) =>
    arrive(() => browser.press('Sign in', { username, password }));

  it('returns auth_time and the Okta id, names, e-mail and groups of the user', async () => {
    const browser = new Browser();
    const checks = await ask(browser);
    await signIn(browser, 'Alice@acme.example', PASSWORD);
    expect(browser.target.href).toContain(`${REDIRECT}?code=`);
    const tokens = await oidc.authorizationCodeGrant(client, browser.target, checks);
    expect(tokens.claims()).toMatchObject({
      iss: okta.origin,
      sub: aliceId,
      auth_time: expect.any(Number),
      email: 'alice@acme.example',
      groups: ['Engineering'],
    });
    const info = await oidc.fetchUserInfo(client, tokens.access_token, aliceId);
    expect(info).toMatchObject({ preferred_username: 'alice@acme.example', given_name: 'Alice', email_verified: true });
  });

  it('asks once per session, and again for prompt=login and an exceeded max_age', async () => {
    const browser = new Browser();
    await ask(browser);
    await signIn(browser, 'alice@acme.example', PASSWORD);
    await ask(browser);
    expect(browser.target.href).toContain(`${REDIRECT}?code=`);
    await ask(browser, { prompt: 'login' });
    expect(browser.text).toContain('Sign in');
    await ask(browser, { max_age: '0' });
    expect(browser.target.pathname).toMatch(/^\/login\//);
  });

  it('returns login_required for prompt=none without a session', async () => {
    const browser = new Browser();
    await ask(browser, { prompt: 'none' });
    expect(browser.target.searchParams.get('error')).toBe('login_required');
  });

  it('refuses a wrong password, an unknown name and an inactive user', async () => {
    const { org } = okta;
    const bob = org.people.create({
      userName: 'bob@acme.example',
      givenName: 'Bob',
      familyName: 'Baker',
      password: PASSWORD,
    });
    org.people.change(bob, 'suspend');
    const browser = new Browser();
    await ask(browser);
    for (const [name, password] of [
      ['alice@acme.example', 'wrong'],
      ['unknown@acme.example', PASSWORD],
      ['bob@acme.example', PASSWORD],
    ] as const) {
      await signIn(browser, name, password);
      expect([browser.status, browser.text]).toEqual([401, expect.stringContaining('Unable to sign in.')]);
    }
  });

  it('refuses a deactivated user with an open session', async () => {
    const { org } = okta;
    const erin = org.people.create({
      userName: 'erin@acme.example',
      givenName: 'Erin',
      familyName: 'Evans',
      password: PASSWORD,
    });
    const browser = new Browser();
    await ask(browser);
    await signIn(browser, 'erin@acme.example', PASSWORD);
    expect(browser.target.href).toContain(`${REDIRECT}?code=`);
    org.people.change(erin, 'deactivate');
    await ask(browser);
    expect(browser.text).toContain('Sign in');
  });

  it('never redirects to an unregistered URI', async () => {
    const browser = new Browser();
    await ask(browser, { redirect_uri: 'http://127.0.0.1:9/other' });
    expect([browser.status, browser.text]).toEqual([400, expect.stringContaining('redirect_uri')]);
  });
});
