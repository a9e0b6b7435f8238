import { eventually } from '@tidegate/testing';
import { requestAccess, OKTA, story, SWITCHES } from './okta-story.js';
import { startInProcess } from './in-process.js';
import { API_KEY } from './system.js';

const APP_NAME = 'acme_tidegate_1';

/** The apps in docs/guides/okta.md: they connect differently and behave identically. */
describe.each(['wizard-oauth', 'wizard-header', 'scim2-header', 'scim2-bearer'] as const)('the app %s', (key) => {
  const both = story(startInProcess);
  const { ask, app, group, person, tab, browser } = both;
  let id: string;
  let scimBaseUrl: string;

  const status = async () => (await ask<{ status: string }>('GET', `/integrations/${id}`)).status;
  const testAndSave = async (entries: Record<string, string | boolean>) => {
    expect(await browser().press('Test API Credentials', entries)).toContain('verified successfully');
    expect(await browser().press('Save')).toContain('Saved.');
    await eventually(async () => expect(await status()).toBe('active'));
  };

  it('In Tidegate: an integration. In Okta: the app', async () => {
    const settings = { type: 'okta-scim', name: 'Acme Okta', domain: 'acme.okta.com' };
    ({ id, scimBaseUrl } = await ask<{ id: string; scimBaseUrl: string }>('POST', '/integrations', settings));
    both.okta().org.addApp(key, 'Tidegate');
    expect(await status()).toBe('initializing');
  });

  if (key === 'wizard-oauth') {
    it('OAuth 2: with the URLs and the client, an administrator approves, and the integration is active', async () => {
      type Client = Record<'clientId' | 'clientSecret' | 'authorizeUrl' | 'tokenUrl', string>;
      const made = await ask<Client>('POST', `/integrations/${id}/oauth-client`, { appName: APP_NAME });
      const { clientId, clientSecret, authorizeUrl, tokenUrl } = made;
      await tab('general');
      await browser().press('Save', { clientId, clientSecret, appName: APP_NAME, callbackOrigin: OKTA });
      await browser().follow('Provisioning: Integration');
      const entries = { enabled: true, baseUrl: scimBaseUrl, authorizeUrl, tokenUrl };
      await browser().press('Authenticate with Tidegate', entries);
      await browser().press('Log in with the key', { key: API_KEY });
      expect(await browser().press('Approve')).toContain('Authenticated with Tidegate.');
      await testAndSave(entries);
    });
  } else {
    it('token: a wrong one is reported, a valid one makes the integration active', async () => {
      const { token } = await ask<{ token: string }>('POST', `/integrations/${id}/tokens`, {});
      await tab('provisioning');
      const entries = { enabled: true, baseUrl: scimBaseUrl };
      const wrong = { ...entries, token: `${token.slice(0, -1)}x` };
      const fault = 'The credential in the Authorization header is missing or not valid.';
      expect(await browser().press('Test API Credentials', wrong)).toContain(fault);
      expect(await browser().press('Save', wrong)).toContain(fault);
      expect([app().enabled, await status()]).toEqual([false, 'initializing']);
      await testAndSave({ ...entries, token });
    });
  }

  it('pushes users and groups, and a deactivation ends a live grant', async () => {
    await browser().follow('To App');
    await browser().press('Save', SWITCHES);
    await browser().follow('Assignments');
    for (const name of ['alice', 'bob']) await browser().press('Assign', { person: person(name).id });
    await browser().follow('Push Groups');
    await browser().press('Push', { group: group('Engineering').id });
    await both.okta().org.idle();
    expect(app().tasks.failed).toEqual([]);
    const grantId = await requestAccess(both, id, { userName: 'alice@acme.example', group: 'Engineering' });
    await tab('assignments');
    await browser().press('Unassign', { person: person('alice').id });
    await both.okta().org.idle();
    await eventually(async () =>
      expect(await ask('GET', `/grants/${grantId}`)).toMatchObject({ status: 'ended', endReason: 'user_deactivated' }),
    );
  });
});
