import { eventually } from '@tidegate/testing';
import { borrow, story, SWITCHES } from './okta-story.js';

describe.each(['scim2-header', 'scim2-bearer', 'wizard-header'] as const)('the way of the header, with %s', (key) => {
  const both = story();
  const { ask, app, group, person, tab, browser } = both;
  let integrationId: string;
  let scimBaseUrl: string;
  let token: string;

  it('In Tidegate: an integration and its token', async () => {
    const settings = { type: 'okta-scim', name: 'Acme Okta', domain: 'acme.okta.com' };
    ({ id: integrationId, scimBaseUrl } = await ask<{ id: string; scimBaseUrl: string }>(
      'POST',
      '/integrations',
      settings,
    ));
    ({ token } = await ask<{ token: string }>('POST', `/integrations/${integrationId}/tokens`, {}));
  });

  it('Test API Credentials: a wrong token is told as such, the right one makes the integration active', async () => {
    await browser().open(`${both.okta().origin}/admin/apps/catalog`);
    both.okta().org.addApp(key, 'Tidegate');
    await tab('provisioning');
    const entries = { enabled: true, baseUrl: scimBaseUrl };
    const wrong = await browser().press('Test API Credentials', { ...entries, token: `${token.slice(0, -1)}x` });
    expect(wrong).toContain('The credential in the Authorization header is missing or not valid here.');
    expect(await browser().press('Save', { ...entries, token: 'tgs_wrong' })).toContain('not valid here');
    expect(app().enabled).toBe(false);
    expect(await ask('GET', `/integrations/${integrationId}`)).toMatchObject({ status: 'initializing' });
    expect(await browser().press('Test API Credentials', { ...entries, token })).toContain('verified successfully');
    expect(await browser().press('Save')).toContain('Saved.');
    await eventually(async () =>
      expect(await ask('GET', `/integrations/${integrationId}`)).toMatchObject({ status: 'active' }),
    );
  });

  it('pushes users and groups, and a deactivation ends a live grant', async () => {
    await browser().follow('To App');
    await browser().press('Save', SWITCHES);
    await browser().follow('Assignments');
    for (const name of ['alice', 'bob']) await browser().press('Assign', { person: person(name).id });
    await browser().follow('Push Groups');
    await browser().press('Push', { group: group('Engineering').id });
    await both.okta().org.idle();
    expect(app().tasks.failed).toEqual([]);
    const id = await borrow(both, integrationId, { userName: 'alice@acme.example', group: 'Engineering' });
    await tab('assignments');
    await browser().press('Unassign', { person: person('alice').id });
    await both.okta().org.idle();
    await eventually(async () =>
      expect(await ask('GET', `/grants/${id}`)).toMatchObject({ status: 'ended', endReason: 'user_deactivated' }),
    );
  });
});
