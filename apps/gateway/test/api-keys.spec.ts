import { Database } from '@tidegate/database';
import { eventually } from '@tidegate/testing';
import { ORIGIN } from './browser.js';
import { API_KEY, type TestGateway, newIntegration, openGateway, wrongFields } from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

interface NewKey {
  id: string;
  key: string;
}

describe('keys and roles', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let people: People;
  let [here, there] = ['', ''];
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [here, there] = [(await newIntegration(gateway)).id, (await newIntegration(gateway)).id];
    people = await People.at(gateway, issuer, [here]);
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const call = (key: string, method: string, path: string, payload?: object) =>
    gateway.request(method, `/api/v1${path}`, {
      headers: { authorization: `Bearer ${key}` },
      ...(payload ? { payload } : {}),
    });
  const make = async (body: object): Promise<NewKey> => {
    const answer = await gateway.api('POST', '/api-keys', { name: 'test', ...body });
    expect(answer.statusCode).toBe(201);
    return answer.json<NewKey>();
  };
  const status = async (key: string, path = '/integrations') => (await call(key, 'GET', path)).statusCode;

  it('return a key once and store a keyed hash', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const made = await make({ scopes: ['integrations:read'], integrationIds: [here], expiresAt });
    expect(made.key).toMatch(/^tgk_[\w-]{43}$/);
    const listed = await gateway.api('GET', '/api-keys');
    const { key: _, ...shown } = made as NewKey & Record<string, unknown>;
    expect(listed.json().items).toContainEqual({ ...shown, lastUsedAt: null });
    expect(shown).toMatchObject({
      hint: made.key.slice(-4),
      scopes: ['integrations:read'],
      integrationIds: [here],
      expiresAt,
    });
    const rows = await gateway.app.get(Database).unscoped((tx) => tx.rows<object>('SELECT * FROM gateway.api_keys'));
    expect(JSON.stringify(rows) + listed.body + gateway.log.join('')).not.toContain(made.key.slice(4, 40));
    await status(made.key);
    const { items } = (await gateway.api('GET', '/api-keys')).json<{
      items: { id: string; lastUsedAt: string | null }[];
    }>();
    expect(items.find(({ id }) => id === made.id)?.lastUsedAt).toMatch(/Z$/);
  });

  it('refuse a key within a second after its revocation or expiry', async () => {
    const [revoked, expired] = [await make({ scopes: ['all'] }), await make({ scopes: ['all'] })];
    expect([await status(revoked.key), await status(expired.key)]).toEqual([200, 200]);
    expect((await gateway.api('DELETE', `/api-keys/${revoked.id}`)).statusCode).toBe(204);
    expect((await gateway.api('DELETE', `/api-keys/${revoked.id}`)).statusCode).toBe(404);
    const past = `UPDATE gateway.api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`;
    await gateway.app.get(Database).unscoped((tx) => tx.run(past, [expired.id]));
    await eventually(async () => expect([await status(revoked.key), await status(expired.key)]).toEqual([401, 401]));
  });

  it.each([
    [{}, ['scopes']],
    [{ scopes: [] }, ['scopes']],
    [{ scopes: ['everything'] }, ['scopes']],
    [{ scopes: ['all', 'keys:read'] }, ['scopes']],
    [{ scopes: 'all' }, ['scopes']],
    [{ scopes: ['keys:read'], integrationIds: ['x'] }, ['integrationIds']],
    [{ scopes: ['keys:read'], expiresAt: 'tomorrow' }, ['expiresAt']],
    [{ scopes: ['keys:read'], expiresAt: '2026-01-01T00:00:00' }, ['expiresAt']],
    [{ scopes: ['keys:read'], expiresAt: '2020-01-01T00:00:00Z' }, ['expiresAt']],
  ])('report the invalid fields of a key with %j', async (body, expected) => {
    expect(await wrongFields(gateway, 'POST', '/api-keys', { name: 'test', ...body })).toEqual(expected);
  });

  it('cannot exceed the rights of their creator', async () => {
    const { key } = await make({ scopes: ['keys:write', 'keys:read', 'access:read'], integrationIds: [here] });
    const refused = [
      { scopes: ['all'] },
      { scopes: ['access:read'] },
      { scopes: ['access:write'], integrationIds: [here] },
      { scopes: ['access:read'], integrationIds: [here, there] },
    ];
    for (const body of refused)
      expect([body, (await call(key, 'POST', '/api-keys', { name: 'x', ...body })).statusCode]).toEqual([body, 403]);
    const fits = { name: 'x', scopes: ['access:read'], integrationIds: [here] };
    expect((await call(key, 'POST', '/api-keys', fits)).statusCode).toBe(201);
    const dan = await people.person({ roles: [{ role: 'admin', integrationIds: [here] }] });
    for (const body of refused.filter(({ integrationIds }) => integrationIds?.length !== 1))
      expect([body, (await dan.api('POST', '/api-keys', { name: 'x', ...body })).statusCode]).toEqual([body, 403]);
    expect((await dan.api('POST', '/api-keys', fits)).statusCode).toBe(201);
  });

  it('cannot create a key with a later expiry', async () => {
    const moment = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const { key } = await make({ scopes: ['keys:write', 'access:read'], expiresAt: moment(1) });
    const child = (expiresAt: string | null) =>
      call(key, 'POST', '/api-keys', { name: 'x', scopes: ['access:read'], expiresAt });
    const answers = [await child(null), await child(moment(2)), await child(moment(0.5))];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403, 201]);
  });

  it('list and revoke only keys of accessible integrations', async () => {
    const [mine, wide] = [
      await make({ scopes: ['access:read'], integrationIds: [here] }),
      await make({ scopes: ['all'] }),
    ];
    const dan = await people.person({ roles: [{ role: 'admin', integrationIds: [here] }] });
    const ids = (await dan.api('GET', '/api-keys')).json<{ items: { id: string }[] }>().items.map(({ id }) => id);
    expect([ids.includes(mine.id), ids.includes(wide.id)]).toEqual([true, false]);
    expect((await dan.api('DELETE', `/api-keys/${wide.id}`)).statusCode).toBe(404);
    expect((await dan.api('DELETE', `/api-keys/${mine.id}`)).statusCode).toBe(204);
  });

  it('assign roles only in accessible integrations, and remove them within a second', async () => {
    const dan = await people.person({ roles: [{ role: 'admin', integrationIds: [here] }] });
    const carol = await people.person({ of: [here] });
    const give = (body: object) =>
      dan.api('POST', '/role-assignments', {
        integrationId: here,
        userId: carol.users[here],
        role: 'auditor',
        ...body,
      });
    expect((await give({})).statusCode).toBe(403);
    expect((await give({ integrationIds: [there] })).statusCode).toBe(403);
    const given = await give({ integrationIds: [here] });
    expect([given.statusCode, given.json()]).toMatchObject([
      201,
      {
        userId: carol.users[here],
        issuer: issuer.url,
        subject: carol.subject,
        role: 'auditor',
        integrationIds: [here],
      },
    ]);
    await eventually(async () => expect((await carol.api('GET', '/integrations')).statusCode).toBe(200));
    expect((await dan.api('DELETE', `/role-assignments/${given.json<{ id: string }>().id}`)).statusCode).toBe(204);
    await eventually(async () => expect((await carol.api('GET', '/integrations')).statusCode).toBe(403));
  });

  it.each([
    [{ subject: 'x', role: 'admin' }, ['subject']],
    [{ role: 'admin' }, ['subject']],
    [{ issuer: 'https://unknown.example', subject: 'x', role: 'admin' }, ['issuer']],
    [{ issuer: 'https://unknown.example', subject: 'x', role: 'owner' }, ['role']],
    [{ integrationId: '018f0000-0000-7000-8000-000000000000', role: 'admin' }, ['subject']],
  ])('report the invalid fields of a role with %j', async (body, expected) => {
    expect(await wrongFields(gateway, 'POST', '/role-assignments', body)).toEqual(expected);
  });

  it('cannot remove the last administrator', async () => {
    const keyless = await openGateway({ apiKey: undefined, publicUrl: ORIGIN });
    try {
      const root = keyless.firstApiKey!;
      const api = (method: string, path: string, payload?: object) =>
        keyless.request(method, `/api/v1${path}`, {
          headers: { authorization: `Bearer ${root}` },
          ...(payload ? { payload } : {}),
        });
      const [{ id }] = (await api('GET', '/api-keys')).json<{ items: [{ id: string }] }>().items;
      expect((await api('DELETE', `/api-keys/${id}`)).statusCode).toBe(409);
      const provider = { issuer: issuer.url, clientId: 'x', clientSecret: 'x', label: 'Okta' };
      const made = (await api('POST', '/login-providers', provider)).json<{ id: string }>();
      const role = { issuer: issuer.url, subject: 'dan', role: 'admin' };
      const given = (await api('POST', '/role-assignments', role)).json<{ id: string }>();
      expect((await api('DELETE', `/role-assignments/${given.id}`)).statusCode).toBe(204);
      const again = (await api('POST', '/role-assignments', role)).json<{ id: string }>();
      await api('POST', '/role-assignments', { ...role, role: 'auditor' });
      const end = `UPDATE gateway.api_keys SET expires_at = now() + interval '1 hour'`;
      await keyless.app.get(Database).unscoped((tx) => tx.run(end));
      expect((await api('DELETE', `/role-assignments/${again.id}`)).statusCode).toBe(409);
      const last = await api('DELETE', `/login-providers/${made.id}?confirm=Okta`);
      expect([last.statusCode, last.json().detail]).toEqual([409, expect.stringContaining('last administrator')]);
      expect((await api('GET', '/role-assignments')).json().items).toHaveLength(2);
      expect((await api('DELETE', `/api-keys/${id}`)).statusCode).toBe(204);
    } finally {
      await keyless.close();
    }
  });

  it('log every change with its actor, by ids', async () => {
    const before = gateway.log.length;
    const { id, key } = await make({ name: 'A name that must not be logged', scopes: ['keys:read'] });
    const line = gateway.log.slice(before).find((each) => each.includes('API key created')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ actor: { keyId: 'configured' }, keyId: id, scopes: ['keys:read'] });
    for (const text of [key, API_KEY, 'A name that']) expect(gateway.log.join('')).not.toContain(text);
  });
});
