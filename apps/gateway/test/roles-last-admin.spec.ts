import { type UserRecord } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { hasAdminOfAll } from '../src/auth/role-assignments.queries.js';
import { Links } from '../src/auth/links.service.js';
import { ORIGIN } from './browser.js';
import { departure, Directory } from './directory.js';
import { type TestGateway, openGateway } from './harness.js';
import { CLIENT, Issuer } from './issuer.js';

/** A gateway without a configured key: without stored keys only persons are administrators. */
describe('the last administrator', () => {
  let keyless: TestGateway;
  let issuer: Issuer;
  let people: Directory;
  let [integrationId, providerId] = ['', ''];
  beforeEach(async () => {
    [keyless, issuer] = await Promise.all([openGateway({ apiKey: undefined, publicUrl: ORIGIN }), Issuer.start()]);
    people = new Directory(keyless);
    const made = await api('POST', '/integrations', { type: 'generic-scim', name: 'here' });
    integrationId = made.json<{ id: string }>().id;
    const settings = { issuer: issuer.url, ...CLIENT, label: 'Okta', integrationIds: [integrationId] };
    const provider = await api('POST', '/login-providers', settings);
    expect(provider.statusCode).toBe(201);
    providerId = provider.json<{ id: string }>().id;
  });
  afterEach(async () => {
    await keyless.close();
    await issuer.close();
  });

  const api = (method: string, path: string, payload?: object) =>
    keyless.request(method, `/api/v1${path}`, {
      headers: { authorization: `Bearer ${keyless.firstApiKey}` },
      ...(payload ? { payload } : {}),
    });
  const promote = async (subject: string) => {
    const role = { issuer: issuer.url, subject, role: 'admin' };
    expect((await api('POST', '/role-assignments', role)).statusCode).toBe(201);
  };
  const firstKey = async () => (await api('GET', '/api-keys')).json<{ items: [{ id: string }] }>().items[0].id;
  const isThere = () => keyless.app.get(Database).unscoped(hasAdminOfAll);

  it('is never a deactivated user, and cannot be removed by a caller', async () => {
    const user = people.add(integrationId, 'left');
    await promote('left');
    people.change(user, { active: false });
    await keyless.transport.publish(departure(integrationId, user));
    const id = await firstKey();
    expect((await api('DELETE', `/api-keys/${id}`)).statusCode).toBe(409);
    await promote('stays');
    const end = `UPDATE gateway.api_keys SET expires_at = now() + interval '1 hour'`;
    await keyless.app.get(Database).unscoped((tx) => tx.run(end));
    // The login provider of the administrator cannot be removed either.
    expect((await api('DELETE', `/integrations/${integrationId}?confirm=here`)).statusCode).toBe(409);
    for (const refused of [
      await api('PATCH', `/login-providers/${providerId}`, { integrationIds: [], confirm: 'Okta' }),
      await api('DELETE', `/login-providers/${providerId}?confirm=Okta`),
    ])
      expect([refused.statusCode, refused.json().detail]).toEqual([409, expect.stringContaining('last administrator')]);
    expect((await api('DELETE', `/api-keys/${id}`)).statusCode).toBe(204);
  });

  it.each<[string, (user: UserRecord) => Promise<unknown>]>([
    ['arrives as an event', (user) => keyless.transport.publish(departure(integrationId, user))],
    ['is detected at a login', ({ attributes }) => settle(attributes['externalId'] as string)],
  ])('loses the role with a departure that %s: a directory is not refused', async (_, handleEvent) => {
    const user = people.add(integrationId, 'boss');
    await promote('boss');
    expect((await api('DELETE', `/api-keys/${await firstKey()}`)).statusCode).toBe(204);
    expect(await isThere()).toBe(true);
    people.change(user, { active: false });
    await handleEvent(user);
    expect(await isThere()).toBe(false);
  });

  const settle = (subject: string) => keyless.app.get(Links).sync({ issuer: issuer.url, subject }, 'test');
});
