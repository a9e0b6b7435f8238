import { Browser } from '@tidegate/testing';
import { request } from 'node:http';
import { type OktaSimulator, startOktaSimulator } from '../src/simulator.js';

describe('The admin pages', () => {
  let okta: OktaSimulator;
  beforeAll(async () => (okta = await startOktaSimulator()));
  afterAll(() => okta?.close());

  it('show on each page that this is a simulator', async () => {
    const browser = new Browser();
    for (const path of ['apps', 'apps/catalog', 'people', 'groups', 'clients', 'tasks']) {
      expect(await browser.open(`${okta.origin}/admin/${path}`)).toContain(
        'A simulator for testing Tidegate. It is not Okta',
      );
      expect(browser.status).toBe(200);
    }
  });

  it('escape all entered values', async () => {
    const browser = new Browser();
    await browser.open(`${okta.origin}/admin/groups`);
    await browser.press('Save', { name: '<img src=x onerror="alert(1)">' });
    expect(browser.body).not.toContain('<img');
    expect(browser.body).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
  });

  it('show the reason for invalid input on the form, and create nothing', async () => {
    const browser = new Browser();
    await browser.open(`${okta.origin}/admin/people`);
    const text = await browser.press('Save', { givenName: 'A', familyName: 'B', userName: 'no address' });
    expect(text).toContain('Username: "no address" is not an e-mail address.');
    expect(okta.org.directory.people.size).toBe(0);
    expect(await browser.open(browser.url.href)).not.toContain('is not an e-mail address');
  });

  it.each([
    ['/admin/apps', { key: 'nothing' }, 404, 'The catalog has no app nothing.'],
    ['/admin/apps/0oa/general', {}, 404, 'App 0oa does not exist.'],
    ['/admin/groups', { name: '' }, 400, 'Name: enter a name.'],
    ['/admin/groups', { name: { a: 1 } }, 400, 'name: must be a string, a number, true, false, or a list of them.'],
    [
      '/admin/clients',
      { label: 'x', redirectUris: ['ftp://x'] },
      400,
      'Redirect URIs: "ftp://x" is not an http or https URL without a fragment.',
    ],
  ])('POST %s %j is %i', async (path, body, status, detail) => {
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const answer = await fetch(okta.origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect([answer.status, await answer.json()]).toEqual([status, { status, detail }]);
  });

  it('refuse requests of other origins and for other host names', async () => {
    const headers = { Origin: 'https://evil.example', Accept: 'application/json' };
    const body = new URLSearchParams({ name: 'Evil' });
    expect((await fetch(`${okta.origin}/admin/groups`, { method: 'POST', headers, body })).status).toBe(400);
    expect(okta.org.directory.groupNamed('Evil')).toBeUndefined();
    const rebound = await new Promise((resolve, reject) =>
      request(`${okta.origin}/admin/apps`, { headers: { Host: 'evil.example' } }, (response) =>
        resolve(response.statusCode),
      )
        .on('error', reject)
        .end(),
    );
    expect(rebound).toBe(421);
  });
});
