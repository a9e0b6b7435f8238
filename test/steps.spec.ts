import { type FlowRecord, type GrantRecord, type RequestRecord } from '@tidegate/contracts';
import { Browser, eventually } from '@tidegate/testing';
import pg from 'pg';
import { type OktaSimulator, startOktaSimulator } from '../apps/okta-simulator/src/simulator.js';
import { type Answer, api, newTenant, send, type Tenant } from './http.js';
import { startInProcess } from './in-process.js';
import { type Tidegate } from './system.js';

const PASSWORD = 'correct horse battery';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PEOPLE = ['alice', 'bob', 'carol', 'dan'] as const;
type Person = (typeof PEOPLE)[number];
type Ask = <T = RequestRecord>(method: string, path: string, body?: object) => Promise<Answer & { body: T }>;

/** Dan is the manager of alice. Bob reviews; carol decides if nobody else can, or does in an hour. */
describe('a flow with two steps, over HTTP with the sessions of its people', () => {
  let tidegate: Tidegate;
  let okta: OktaSimulator;
  let tenant: Tenant;
  let flow: FlowRecord;
  const users = {} as Record<Person, string>;
  const as = {} as Record<Person, Ask>;
  beforeAll(async () => {
    [tidegate, okta] = await Promise.all([startInProcess({ PRIVATE_ISSUERS: 'true' }), startOktaSimulator()]);
    tenant = await newTenant(tidegate);
    await call('PATCH', `/integrations/${tenant.integrationId}`, { managerAttribute: 'userName' });
    await connectLogin();
    for (const name of PEOPLE) {
      const userName = `${name}@acme.example`;
      const { id } = okta.org.people.create({ userName, givenName: name, familyName: 'Doe', password: PASSWORD });
      const manager = name === 'alice' ? { [ENTERPRISE]: { manager: { value: 'dan@acme.example' } } } : {};
      users[name] = await push('/Users', { userName, externalId: id, active: true, ...manager });
    }
    await push('/Groups', { displayName: 'Production' });
    await push('/Groups', { displayName: 'Reviewers', members: [{ value: users.bob }] });
    const carol = { quorum: 'any', approvers: [{ kind: 'user', id: 'carol@acme.example' }] };
    const settings = {
      integrationId: tenant.integrationId,
      name: 'Production',
      eligibility: { kind: 'everyone' },
      requesters: ['self', 'manager'],
      groupIds: ['Production'],
      maxDurationSeconds: 3_600,
      steps: [
        { name: 'Manager', quorum: 'any', approvers: [{ kind: 'manager' }], fallback: carol },
        {
          name: 'Reviewers',
          quorum: 'any',
          approvers: [{ kind: 'group', id: 'Reviewers' }],
          escalation: { ...carol, afterSeconds: 3_600 },
        },
      ],
    };
    // access-flow learns of users and groups by events.
    flow = await eventually(() => call<FlowRecord>('POST', '/access-flows', settings));
    for (const name of PEOPLE) as[name] = await logIn(name);
  });
  afterAll(() => Promise.all([tidegate?.stop(), okta?.close()]));

  const call = <T>(method: string, path: string, body?: object) => api<T>(tidegate, method, path, body);
  async function connectLogin(): Promise<void> {
    const settings = { issuer: okta.origin, label: 'Acme', integrationIds: [tenant.integrationId] };
    const unknown = { clientId: 'not known yet', clientSecret: 'not known yet' };
    const provider = await call<{ id: string; redirectUri: string }>('POST', '/login-providers', {
      ...settings,
      ...unknown,
    });
    const registered = { label: 'Tidegate', redirectUris: [provider.redirectUri] };
    const { clientId, clientSecret } = okta.org.loginClients.create(registered);
    await call('PATCH', `/login-providers/${provider.id}`, { clientId, clientSecret });
  }
  const push = async (path: string, body: object): Promise<string> => {
    const headers = { authorization: `Bearer ${tenant.token}`, 'content-type': 'application/scim+json' };
    const { body: pushed } = await send('POST', tenant.scimBaseUrl + path, headers, JSON.stringify(body));
    return (pushed as { id: string }).id;
  };
  async function logIn(name: Person): Promise<Ask> {
    const browser = new Browser();
    await browser.open(`${tidegate.baseUrl}/login?returnTo=/api/v1/me`);
    await browser.follow('Sign in with Acme');
    await browser.press('Sign in', { username: `${name}@acme.example`, password: PASSWORD });
    const headers = {
      cookie: browser.cookies.getCookieStringSync(tidegate.baseUrl),
      'content-type': 'application/json',
      origin: tidegate.baseUrl,
      'x-tidegate-csrf': '1',
    };
    return async <T>(method: string, path: string, body?: object) => {
      const answer = await send(method, `${tidegate.baseUrl}/api/v1${path}`, headers, body && JSON.stringify(body));
      return answer as Answer & { body: T };
    };
  }

  const request = async (by: Person, body: object = {}): Promise<RequestRecord> => {
    const asked = await as[by]('POST', '/access-requests', {
      flowId: 'Production',
      integrationId: tenant.integrationId,
      groupId: 'Production',
      durationSeconds: 600,
      ...body,
    });
    expect(asked).toMatchObject({ status: 201, body: { status: 'pending', step: 0 } });
    return asked.body;
  };
  const approve = (by: Person, { id }: RequestRecord) => as[by]('POST', `/access-requests/${id}/approve`, {});
  const waitingFor = async (name: Person): Promise<string[]> => {
    const { body } = await as[name]<{ items: RequestRecord[] }>('GET', '/access-requests?reviewable=true');
    return body.items.map(({ id }) => id);
  };
  /** Ends the access of an approved request. */
  const end = async ({ id }: RequestRecord): Promise<void> => {
    const { grantId } = await call<RequestRecord>('GET', `/access-requests/${id}`);
    await eventually(async () =>
      expect(await call<GrantRecord>('GET', `/grants/${grantId}`)).toMatchObject({
        status: 'active',
        userId: users.alice,
      }),
    );
    await call('POST', `/grants/${grantId}/revoke`, {});
  };

  it('gives access after the manager and a reviewer approved, in this order', async () => {
    const asked = await request('alice');
    expect([await waitingFor('dan'), await waitingFor('bob')]).toEqual([[asked.id], []]);
    expect((await approve('bob', asked)).status).toBe(404);
    expect((await approve('alice', asked)).status).toBe(403);
    expect(await approve('dan', asked)).toMatchObject({ status: 200, body: { status: 'pending', step: 1 } });
    expect([await waitingFor('dan'), await waitingFor('bob')]).toEqual([[], [asked.id]]);
    expect((await approve('dan', asked)).status).toBe(409);
    expect(await approve('bob', asked)).toMatchObject({
      status: 200,
      body: { status: 'approved', steps: [{ status: 'approved' }, { status: 'approved' }] },
    });
    await end(asked);
  });

  it('lets further approvers decide when a step was not decided in time', async () => {
    const asked = await request('alice');
    await approve('dan', asked);
    expect([await waitingFor('carol'), (await approve('carol', asked)).status]).toEqual([[], 404]);
    await passAnHour(asked);
    await eventually(async () => expect(await waitingFor('carol')).toEqual([asked.id]));
    expect(await waitingFor('bob')).toEqual([asked.id]);
    expect(await approve('carol', asked)).toMatchObject({ status: 200, body: { status: 'approved' } });
    await end(asked);
  });

  it('lets the manager request for a report, but not approve that request', async () => {
    const forAlice = { flowId: flow.id, userId: users.alice, groupId: flow.groupIds[0], durationSeconds: 600 };
    expect((await as.carol('POST', '/access-requests', forAlice)).status).toBe(403);
    const asked = await request('dan', { userId: users.alice });
    expect(asked.userId).toBe(users.alice);
    expect([await waitingFor('dan'), await waitingFor('carol')]).toEqual([[], [asked.id]]);
    expect((await approve('dan', asked)).status).toBe(403);
    expect(await approve('carol', asked)).toMatchObject({ status: 200, body: { step: 1 } });
    expect(await approve('bob', asked)).toMatchObject({ status: 200, body: { status: 'approved' } });
    await end(asked);
  });

  it('cancels a request that it no longer allows after an edit, which says so before', async () => {
    const asked = await request('alice');
    const notAlice = { eligibility: { kind: 'user', operator: 'isNot', values: [users.alice] } };
    const edit = (query: string) => call<object>('PATCH', `/access-flows/${flow.id}${query}`, notAlice);
    await expect(edit('')).rejects.toThrow(/409.*1 pending request/);
    expect(await edit('?validateOnly=true')).toMatchObject({ cancelledRequests: 1, revokedGrants: 0 });
    expect((await as.alice('GET', `/access-requests/${asked.id}`)).body.status).toBe('pending');
    expect(await edit('?confirm=Production')).toMatchObject({ cancelledRequests: 1 });
    const cancelled = { status: 'cancelled', statusReason: 'requester_not_eligible' };
    expect((await as.alice('GET', `/access-requests/${asked.id}`)).body).toMatchObject(cancelled);
    expect((await approve('dan', asked)).status).toBe(409);
  });

  /** Backdates the open step of a request, and the job of its escalation. */
  async function passAnHour({ id }: RequestRecord): Promise<void> {
    const client = new pg.Client(tidegate.databaseUrl);
    await client.connect();
    await client.query(
      `UPDATE access_flow.requests SET step_opened_at = step_opened_at - interval '2 hours' WHERE id = $1`,
      [id],
    );
    await client.query(
      `UPDATE access_flow.jobs SET run_at = now() - interval '1 second' WHERE key = $1 AND kind = 'request.escalate'`,
      [id],
    );
    await client.end();
  }
});
