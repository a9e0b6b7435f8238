import { Browser, ORIGIN } from './browser.js';
import { type TestGateway, newIntegration, openGateway, type TestIntegration } from './harness.js';
import { Issuer } from './issuer.js';
import { CALLBACK } from './oauth-fixture.js';
import { People } from './people.js';

describe('approval of Okta', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let people: People;
  let integration: TestIntegration;
  let other: TestIntegration;
  let authorize: string;
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [integration, other] = [await newIntegration(gateway), await newIntegration(gateway)];
    people = await People.at(gateway, issuer, [integration.id]);
    const made = await gateway.api('POST', `/integrations/${integration.id}/oauth-client`, {
      appName: 'acme_tidegate_1',
    });
    const { clientId } = made.json<{ clientId: string }>();
    const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: CALLBACK });
    authorize = `/oauth/${integration.id}/authorize?${query.toString()}`;
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  /** @returns the consent page opened from Okta */
  const openConsent = async (browser: Browser) => {
    const { location } = (await browser.get(authorize)).headers;
    return browser.get(String(location).replace(ORIGIN, ''));
  };

  it.each([
    ['a user', () => people.person({ of: [integration.id] }), 403],
    ['an auditor', () => people.person({ roles: [{ role: 'auditor' }] }), 403],
    [
      'an administrator of another integration',
      () => people.person({ roles: [{ role: 'admin', integrationIds: [other.id] }] }),
      403,
    ],
    [
      'an administrator of this one',
      () => people.person({ roles: [{ role: 'admin', integrationIds: [integration.id] }] }),
      200,
    ],
    ['an administrator of all integrations', () => people.person({ roles: [{ role: 'admin' }] }), 200],
    ['an unauthenticated browser', () => Promise.resolve(new Browser(gateway)), 303],
  ])('%s', async (_, open, status) => {
    const browser = await open();
    const answer = await openConsent(browser);
    expect([answer.statusCode, answer.body.includes('Approve')]).toEqual([status, status === 200]);
    if (status === 303) expect(answer.headers['location']).toMatch(/^\/login\?returnTo=%2Foauth%2F/);
  });

  it('refuses decisions of callers who are not administrators', async () => {
    const browser = await people.person({ roles: [{ role: 'auditor' }] });
    const path = String((await browser.get(authorize)).headers['location']).replace(ORIGIN, '');
    expect((await browser.post(path, { decision: 'approve', csrfToken: 'x' })).statusCode).toBe(403);
  });

  it('sets cookies over https only', async () => {
    const cookies = [(await gateway.request('GET', authorize)).headers['set-cookie'] ?? []].flat();
    expect(cookies.length).toBeGreaterThan(2);
    for (const cookie of cookies) expect(cookie).toMatch(/; secure/i);
  });
});
