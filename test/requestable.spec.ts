import { Browser, eventually } from '@tidegate/testing';
import { type OktaSimulator, startOktaSimulator } from '../apps/okta-simulator/src/simulator.js';
import { api, newTenant, send, type Tenant } from './http.js';
import { startInProcess } from './in-process.js';
import { type Tidegate } from './system.js';

const PASSWORD = 'correct horse battery';

interface Requestable {
  items: { flowName: string; groupName: string; [name: string]: unknown }[];
}

describe('what people can request, over HTTP', () => {
  let tidegate: Tidegate;
  let okta: OktaSimulator;
  let here: Tenant;
  let there: Tenant;
  const users: Record<string, string> = {};
  let production: string;
  beforeAll(async () => {
    [tidegate, okta] = await Promise.all([startInProcess({ PRIVATE_ISSUERS: 'true' }), startOktaSimulator()]);
    [here, there] = [await newTenant(tidegate), await newTenant(tidegate)];
    const settings = { issuer: okta.origin, label: 'Acme', integrationIds: [here.integrationId] };
    const unknown = { clientId: 'not known yet', clientSecret: 'not known yet' };
    const provider = await call<{ id: string; redirectUri: string }>('POST', '/login-providers', {
      ...settings,
      ...unknown,
    });
    const registered = { label: 'Tidegate', redirectUris: [provider.redirectUri] };
    const { clientId, clientSecret } = okta.org.loginClients.create(registered);
    await call('PATCH', `/login-providers/${provider.id}`, { clientId, clientSecret });
    for (const name of ['alice', 'bob']) {
      const userName = `${name}@acme.example`;
      const { id } = okta.org.people.create({ userName, givenName: name, familyName: 'Doe', password: PASSWORD });
      users[name] = await push(here, '/Users', { userName, externalId: id, active: true });
    }
    users['erin'] = await push(there, '/Users', { userName: 'erin' });
    production = await push(here, '/Groups', { displayName: 'Production', members: [{ value: users['bob'] }] });
    const secret = await push(there, '/Groups', { displayName: 'Secret' });
    const steps = [{ quorum: 'any', approvers: [{ kind: 'user', id: users['bob'] }] }];
    await newFlow(here, { name: 'reviewed', groupIds: [production], steps });
    const disabled = { name: 'disabled', groupIds: [production], enabled: false };
    await newFlow(here, disabled);
    const forMembers = { kind: 'group', operator: 'in', values: [production] };
    await newFlow(here, { name: 'for members', groupIds: [production], eligibility: forMembers });
    await newFlow(there, { name: 'elsewhere', groupIds: [secret] });
    await eventually(async () => {
      const { items } = await call<Requestable>('GET', `/requestable?userId=${users['bob']}`);
      expect(items).toMatchObject([{ alreadyMember: true }, {}]);
    });
  });
  afterAll(() => Promise.all([tidegate?.stop(), okta?.close()]));

  const call = <T>(method: string, path: string, body?: object) => api<T>(tidegate, method, path, body);
  const push = async ({ scimBaseUrl, token }: Tenant, path: string, body: object): Promise<string> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
    return ((await send('POST', scimBaseUrl + path, headers, JSON.stringify(body))).body as { id: string }).id;
  };
  /** access-flow learns of users and groups by events, so the first attempts can be refused. */
  const newFlow = ({ integrationId }: Tenant, settings: object) =>
    eventually(() =>
      call('POST', '/access-flows', {
        integrationId,
        eligibility: { kind: 'everyone' },
        maxDurationSeconds: 3_600,
        steps: [],
        ...settings,
      }),
    );
  const logIn = async (name: string) => {
    const browser = new Browser();
    await browser.open(`${tidegate.baseUrl}/login?returnTo=/api/v1/me`);
    await browser.follow('Sign in with Acme');
    await browser.press('Sign in', { username: `${name}@acme.example`, password: PASSWORD });
    return async <T>(path: string) => {
      await browser.open(`${tidegate.baseUrl}/api/v1${path}`);
      return { status: browser.status, body: JSON.parse(browser.body) as T };
    };
  };
  const shown = ({ items }: Requestable) => items.map(({ flowName, groupName }) => [flowName, groupName]);

  it('members see what they can request in their own integration, and nothing else', async () => {
    const [alice, bob] = [await logIn('alice'), await logIn('bob')];
    const { body } = await alice<Requestable>('/requestable');
    expect(body).toEqual({
      items: [
        {
          integrationId: here.integrationId,
          integrationName: expect.any(String),
          userId: users['alice'],
          userName: 'alice@acme.example',
          userDisplayName: null,
          flowId: expect.any(String),
          flowName: 'reviewed',
          groupId: production,
          groupName: 'Production',
          maxDurationSeconds: 3_600,
          minDurationSeconds: 60,
          priority: 0,
          steps: [
            {
              name: null,
              quorum: 'any',
              count: null,
              approvers: [
                {
                  kind: 'user',
                  id: users['bob'],
                  name: 'bob@acme.example',
                  displayName: null,
                  sources: ['user'],
                  tier: 'step',
                },
              ],
            },
          ],
          alreadyMember: false,
          grantId: null,
          endsAt: null,
          requestId: null,
        },
      ],
      nextCursor: null,
    });
    const ofBob = (await bob<Requestable>('/requestable')).body;
    expect(shown(ofBob)).toEqual([
      ['reviewed', 'Production'],
      ['for members', 'Production'],
    ]);
    expect(ofBob.items[0]).toMatchObject({ alreadyMember: true, steps: [{ approvers: [{ kind: 'administrators' }] }] });
    expect((await alice(`/requestable?userId=${users['bob']}`)).status).toBe(403);
    expect((await alice(`/requestable?userId=${users['erin']}`)).status).toBe(403);
    expect((await alice(`/requestable?integrationId=${there.integrationId}`)).body).toMatchObject({ items: [] });
  });

  it('an API key sees what the named user can request, in its integrations only', async () => {
    const { items } = await call<Requestable>('GET', `/requestable?userId=${users['alice']}`);
    const { flowId } = items[0]!;
    const body = { flowId, userId: users['alice'], groupId: production, durationSeconds: 600 };
    const { id: requestId } = await call<{ id: string }>('POST', '/access-requests', body);
    const after = await call<Requestable>('GET', `/requestable?userId=${users['alice']}`);
    expect(after.items).toMatchObject([{ flowName: 'reviewed', requestId }]);
    expect(await call<Requestable>('GET', '/requestable?userId=ALICE@acme.example')).toEqual(after);
    expect((await call<Requestable>('GET', `/requestable?userId=${users['bob']}`)).items[0]!['requestId']).toBeNull();
    const scopes = { name: 'there', scopes: ['access:read'], integrationIds: [there.integrationId] };
    const { key } = await call<{ key: string }>('POST', '/api-keys', scopes);
    const answer = (query: string) =>
      send('GET', `${tidegate.baseUrl}/api/v1/requestable?${query}`, { authorization: `Bearer ${key}` });
    const ask = async (query: string) => shown((await answer(query)).body as Requestable);
    expect(await ask(`userId=${users['erin']}`)).toEqual([['elsewhere', 'Secret']]);
    expect(await ask(`userId=${users['alice']}`)).toEqual([]);
    const [foreign, unknown] = [await answer('userId=alice@acme.example'), await answer('userId=x')];
    const messageOf = ({ body }: typeof foreign) => (body as { errors: { message: string }[] }).errors[0]!.message;
    expect([foreign.status, messageOf(foreign)]).toEqual([
      400,
      messageOf(unknown).replace('"x"', '"alice@acme.example"'),
    ]);
    expect(await ask(`userId=${users['alice']}&integrationId=${here.integrationId}`)).toEqual([]);
  });

  it('members see the flows that they can use or review', async () => {
    const names = async (name: string) => {
      const { body } = await (await logIn(name))<{ items: { name: string }[] }>('/access-flows');
      return body.items.map((flow) => flow.name).sort();
    };
    expect(await names('alice')).toEqual(['reviewed']);
    expect(await names('bob')).toEqual(['for members', 'reviewed']);
  });
});
