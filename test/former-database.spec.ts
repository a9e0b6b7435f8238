import { alice, emptyDatabase, eventually, person, type TestDatabase } from '@tidegate/testing';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { api, send } from './http.js';
import { startInProcess } from './in-process.js';
import { type Tidegate } from './system.js';

const FIXTURE = 'test/fixtures/database-9718264';
/** Responses are not typed here. */
type Json = ReturnType<typeof JSON.parse>;

/** The API responses of that system when the dump was made, and the secrets of its callers. */
const former = JSON.parse(readFileSync(`${FIXTURE}.json`, 'utf8'));
const { acme, beta, grants, groups, secrets, users } = former;

/** Milliseconds by which the times in the database are moved, so that grants stay active and requests pending. */
const passed = Date.now() - Date.parse(former.dumpedAt);

/** Restores the dump as an owner who is not a superuser, like on a shared server. */
async function restored(): Promise<TestDatabase> {
  const { url, drop } = await emptyDatabase();
  const name = new URL(url).pathname.slice(1);
  const owner = new URL(url);
  [owner.username, owner.password] = [`${name}_owner`, 'secret-of-the-owner'];
  const run = async (as: string, ...statements: string[]) => {
    const client = new pg.Client(as);
    await client.connect();
    for (const sql of statements) await client.query(sql);
    await client.end();
  };
  await run(
    url,
    `CREATE ROLE ${name}_owner LOGIN CREATEROLE PASSWORD 'secret-of-the-owner'`,
    `ALTER DATABASE ${name} OWNER TO ${name}_owner`,
  );
  const move = `DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT * FROM information_schema.columns WHERE data_type = 'timestamp with time zone'
               AND table_schema IN ('gateway', 'identity', 'access_flow') LOOP
      EXECUTE format('UPDATE %I.%I SET %3$I = %3$I + ${passed} * interval ''1 millisecond''',
                     c.table_schema, c.table_name, c.column_name);
    END LOOP; END $$`;
  await run(owner.href, readFileSync(`${FIXTURE}.sql`, 'utf8'), move);
  return { url: owner.href, drop };
}

/** Each test continues from the state of the previous one. */
describe('the current system on a database of commit 9718264', () => {
  let tidegate: Tidegate;
  beforeAll(async () => {
    const settings = { TIDEGATE_ENCRYPTION_KEY: former.encryptionKey, PROVISIONING_LOG_DAYS: '3650' };
    tidegate = await startInProcess(settings, restored);
  });
  afterAll(() => tidegate?.stop());

  const ask = <T = Json>(method: string, path: string, body?: object) => api<T>(tidegate, method, path, body);
  const withKey = (key: string, path: string) =>
    send('GET', `${tidegate.baseUrl}/api/v1${path}`, { authorization: `Bearer ${key}` });
  const scim = (method: string, path: string, body?: object, token = secrets.token, to = acme) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
    return send(method, tidegate.baseUrl + to.scim + path, headers, body && JSON.stringify(body));
  };
  /** A response with the times and the URL of the former system. */
  const asThen = (answer: unknown): Json =>
    JSON.parse(
      JSON.stringify(answer)
        .replaceAll(tidegate.baseUrl, '{baseUrl}')
        .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (time) =>
          new Date(Date.parse(time) - passed).toISOString(),
        ),
    );
  const setActive = (id: string, active: boolean) =>
    scim('PATCH', `/Users/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: { active } }],
    });
  /** Fields that differ today, as in the upgrade notes or because a test below checks them. */
  const OTHERWISE: Record<string, RegExp> = {
    '/integrations': /^(status|statusReason|statusSince|version)$/,
    '/login-providers': /^redirectUri$/,
  };
  /** Flows had requester groups and approvers, which are conditions and steps today. Requests had the approvers. */
  const IN_TODAYS_FORM: Record<string, (item: Json) => Json> = {
    '/access-flows': ({ requesters, approval, ...flow }) => ({
      ...flow,
      eligibility:
        requesters.kind === 'everyone'
          ? { kind: 'everyone' }
          : { kind: 'group', operator: 'in', values: requesters.groupIds },
      requesters: ['self'],
      steps: stepsOf(approval),
      whenIneligible: 'keep',
    }),
    // A decided request does not know the version of its flow, so it has no steps. One without approvers is left to administrators.
    '/access-requests': ({ approval, ...request }) => {
      const users = (approval.approverIds ?? []).map((id: string) => ({ kind: 'user', id }));
      const approvers = users.length > 0 ? users : [{ kind: 'administrators' }];
      return { ...request, steps: request.status === 'pending' ? [{ quorum: 'any', approvers }] : [] };
    },
  };
  const stepsOf = ({ kind, approverIds }: Json): object[] => {
    if (kind === 'automatic') return [];
    const approvers = approverIds.map((id: string) => ({ kind: 'user', id }));
    return [{ quorum: 'any', approvers: approvers.length > 0 ? approvers : [{ kind: 'flow_owners' }] }];
  };
  const { '/role-assignments': _roles, ...unchanged } = former.answers;

  it.each(Object.keys(unchanged))('returns the same at %s', async (path) => {
    const left = (key: string, value: unknown) => (OTHERWISE[path]?.test(key) ? undefined : value);
    const then = JSON.parse(JSON.stringify(unchanged[path], left));
    const inTodaysForm = IN_TODAYS_FORM[path];
    if (inTodaysForm) then.items = then.items.map(inTodaysForm);
    expect(asThen(await ask('GET', `${path}?limit=200`))).toMatchObject(then);
  });

  it.each(['/Users', '/Groups'])('returns the same to Okta at %s', async (path) => {
    expect(asThen((await scim('GET', path)).body)).toEqual(former.scim[path]);
  });

  it('finds its users, groups and flows by name, in any case', async () => {
    const [{ userName }] = former.answers[`/integrations/${beta.id}/users`].items;
    const [{ displayName }] = former.answers[`/integrations/${beta.id}/groups`].items;
    const names = { userId: userName.toUpperCase(), groupId: displayName.toUpperCase(), flowId: 'BETA' };
    const { items } = await ask('GET', `/grants?${new URLSearchParams(names)}&integrationId=${beta.id}`);
    expect(items).toMatchObject([{ id: grants.grace, userId: users.grace, groupId: groups.beta }]);
  });

  it('accepts exactly the SCIM tokens and API keys that were valid', async () => {
    const tokens = [secrets.token, secrets.rotatedToken, secrets.endedToken, secrets.betaToken];
    const scimStatuses = tokens.map(async (token) => (await scim('GET', '/Users', undefined, token)).status);
    expect(await Promise.all(scimStatuses)).toEqual([200, 200, 401, 401]);
    const keys = [secrets.firstApiKey, secrets.apiKey, secrets.acmeKey, secrets.deletedKey];
    const statuses = async (id: string) => {
      const path = `/integrations/${id}/users`;
      return Promise.all(keys.map(async (key) => (await withKey(key, path)).status));
    };
    expect([await statuses(acme.id), await statuses(beta.id)]).toEqual([
      [200, 200, 200, 401],
      [200, 200, 404, 401],
    ]);
  });

  it('accepts the OAuth token that was valid, and issues another one for the client secret', async () => {
    const { oauthClientId, oauthClientSecret, oauthToken } = secrets;
    const basic = Buffer.from(`${oauthClientId}:${oauthClientSecret}`).toString('base64');
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
    const { tokenUrl } = await ask('GET', `/integrations/${beta.id}/oauth-client`);
    const given = await send('POST', tokenUrl, headers, 'grant_type=client_credentials');
    expect(given.status).toBe(200);
    for (const token of [oauthToken, (given.body as { access_token: string }).access_token])
      expect((await scim('GET', '/Users', undefined, token, beta)).status).toBe(200);
  });

  it('encrypts the data key again, for the gateway alone', async () => {
    const client = new pg.Client(tidegate.databaseUrl);
    await client.connect();
    const { rows } = await client.query(`SELECT encode(key, 'hex') AS key, sealed FROM gateway.data_key`);
    await client.end();
    expect(rows).toEqual([{ key: expect.stringMatching(/^[0-9a-f]+$/), sealed: true }]);
    expect(readFileSync(`${FIXTURE}.sql`, 'utf8')).not.toContain(rows[0].key);
  });

  it('keeps roles and sessions of people who had logged in', async () => {
    const issuer = former.answers['/login-providers'].items[0].issuer;
    const { items } = await ask('GET', '/role-assignments');
    expect(items).toMatchObject([
      { userId: users.alice, issuer, role: 'auditor', integrationIds: [acme.id], effective: true },
      { userId: null, issuer, role: 'admin', integrationIds: [acme.id], effective: true },
    ]);
    const me = await send('GET', `${tidegate.baseUrl}/api/v1/me`, { cookie: secrets.cookie });
    expect(me).toMatchObject({
      status: 200,
      body: { users: { [acme.id]: users.alice }, roles: { auditor: [acme.id] } },
    });
  });

  it('marks a pending request without active approvers', async () => {
    expect(await ask('GET', `/access-requests/${former.requests.undecidable}`)).toMatchObject({
      status: 'pending',
      undecidable: true,
    });
    await eventually(async () =>
      expect(await ask('GET', `/integrations/${acme.id}`)).toMatchObject({
        status: 'warning',
        statusReason: { code: 'requests_undecidable' },
      }),
    );
  });

  it('extends an active grant as far as its flow allows', async () => {
    const DAY = 86_400;
    const extend = (days: number) => ask('POST', `/grants/${grants.alice}/extend`, { durationSeconds: days * DAY });
    await expect(extend(21)).rejects.toThrow(/409/);
    const { startsAt: _, endsAt } = await extend(20);
    const before = former.answers['/grants'].items.find(({ id }: { id: string }) => id === grants.alice);
    expect(Date.parse(asThen(endsAt)) - Date.parse(before.endsAt)).toBe(20 * DAY * 1000);
  });

  it('ends an active grant when SCIM deactivates its user', async () => {
    expect(await setActive(users.frank, false)).toMatchObject({ status: 200 });
    await eventually(async () =>
      expect(await ask('GET', `/grants/${grants.frank}`)).toMatchObject({
        status: 'ended',
        endReason: 'user_deactivated',
      }),
    );
    const { items } = await ask('GET', `/integrations/${acme.id}/groups/${groups.production}/members`);
    expect(items.map((item: { userId: string }) => item.userId)).not.toContain(users.frank);
  });

  it('approves a pending request, which adds the user to the group', async () => {
    const { key } = await ask('POST', '/api-keys', { name: 'reviews', scopes: ['access:review-as'] });
    const url = `${tidegate.baseUrl}/api/v1/access-requests/${former.requests.alice}/approve`;
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const approved = await send('POST', url, headers, JSON.stringify({ reviewerId: users.carol }));
    expect(approved).toMatchObject({ status: 200, body: { status: 'approved' } });
    await eventually(async () => {
      const { items } = await ask('GET', `/integrations/${acme.id}/users/${users.alice}/groups`);
      expect(items).toContainEqual(expect.objectContaining({ groupId: groups.production, sources: ['grant'] }));
    });
  });

  it('accepts new users from Okta', async () => {
    expect(await scim('POST', '/Users', alice())).toMatchObject({ status: 409 });
    expect(await scim('POST', '/Users', person('Ivan', 'Irving')())).toMatchObject({ status: 201 });
  });
});
