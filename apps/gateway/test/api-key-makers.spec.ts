import { Database } from '@tidegate/database';
import { type Event } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { Browser, ORIGIN } from './browser.js';
import { type TestGateway, newIntegration, openGateway } from './harness.js';
import { Issuer } from './issuer.js';
import { asOwner } from './owner.js';
import { People } from './people.js';

interface Key {
  id: string;
  key: string;
  status: string;
  maker: object | null;
  expiresAt: string | null;
}
type Body = Record<string, unknown>;

const DAY_MS = 86_400_000;

describe('an API key', () => {
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
  const by = (key: string) => (method: string, path: string, body?: object) => call(key, method, path, body);
  const root = (method: string, path: string, body?: object) => gateway.api(method, path, body);
  const make = async (api: typeof root, body: Body = {}): Promise<Key> => {
    const answer = await api('POST', '/api-keys', { name: 'test', scopes: ['all'], ...body });
    expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
    return answer.json<Key>();
  };
  const listed = async (id: string): Promise<Omit<Key, 'key'> | undefined> =>
    (await root('GET', '/api-keys')).json<{ items: Key[] }>().items.find((key) => key.id === id);
  const status = async ({ key }: Key) => (await call(key, 'GET', '/integrations')).statusCode;
  const becomes = (key: Key, expected: number) =>
    eventually(async () => expect(await status(key)).toBe(expected), { timeoutMs: 10_000 });
  const admin = (integrationIds?: string[], of: string[] = []) =>
    people.person({ roles: [{ role: 'admin', ...(integrationIds ? { integrationIds } : {}) }], of });
  const apiOf =
    (person: Browser): typeof root =>
    (method, path, body) =>
      person.api(method, path, body);
  const takeRolesOf = async (subject: string) => {
    const { items } = (await root('GET', '/role-assignments')).json<{ items: { id: string; subject: string }[] }>();
    for (const { id } of items.filter((role) => role.subject === subject))
      expect((await root('DELETE', `/role-assignments/${id}`)).statusCode).toBe(204);
  };
  const leave = (userId: string, name: 'user.deactivated' | 'user.deleted'): Event => ({
    id: uuidv7(),
    name,
    integrationId: here,
    subject: userId,
    version: 2,
    time: new Date().toISOString(),
    requestId: 'left',
    actor: { kind: 'system', job: 'test' },
    data: {
      userId,
      userName: 'gone',
      displayName: null,
      externalId: null,
      active: false,
      deleted: name === 'user.deleted',
      deactivations: 1,
      version: 2,
    },
  });

  it('is listed with its creator: a person, another key, or the root key', async () => {
    const dan = await admin();
    const [one, byRoot] = [await make(apiOf(dan)), await make(root)];
    const two = await make(by(one.key));
    expect((await listed(one.id))?.maker).toEqual({ kind: 'person', issuer: issuer.url, subject: dan.subject });
    expect((await listed(two.id))?.maker).toEqual({ kind: 'apiKey', keyId: one.id });
    expect((await listed(byRoot.id))?.maker).toEqual({ kind: 'apiKey', keyId: 'configured' });
    expect([one.maker, one.status]).toEqual([expect.objectContaining({ kind: 'person' }), 'active']);
  });

  it('created in a session opened with a key has that key as creator', async () => {
    const parent = await make(root);
    const browser = new Browser(gateway);
    expect((await browser.loginWithKey(parent.key)).statusCode).toBe(303);
    const child = await make(apiOf(browser));
    expect(child.maker).toEqual({ kind: 'apiKey', keyId: parent.id });
    await root('DELETE', `/api-keys/${parent.id}`);
    await becomes(child, 401);
  });

  it('is suspended when its creator loses the role, like the keys that it created', async () => {
    const dan = await admin();
    const one = await make(apiOf(dan));
    const two = await make(by(one.key), { scopes: ['integrations:read'] });
    const three = await make(by((await make(by(one.key))).key));
    for (const key of [one, two, three]) expect(await status(key)).toBe(200);
    await takeRolesOf(dan.subject);
    for (const key of [one, two, three]) await becomes(key, 401);
    expect((await listed(three.id))?.status).toBe('suspended');
  });

  it('is suspended when its creator keeps a role that does not include its rights', async () => {
    const dan = await admin();
    const [wide, narrow] = [
      await make(apiOf(dan)),
      await make(apiOf(dan), { scopes: ['integrations:read'], integrationIds: [here] }),
    ];
    await root('POST', '/role-assignments', {
      issuer: issuer.url,
      subject: dan.subject,
      role: 'auditor',
      integrationIds: [here],
    });
    const { items } = (await root('GET', '/role-assignments')).json<{
      items: { id: string; subject: string; role: string }[];
    }>();
    const adminRole = items.find(({ subject, role }) => subject === dan.subject && role === 'admin');
    expect((await root('DELETE', `/role-assignments/${adminRole!.id}`)).statusCode).toBe(204);
    await becomes(wide, 401);
    expect(await status(narrow)).toBe(200);
  });

  it.each(['user.deactivated', 'user.deleted'] as const)('is suspended at %s of its creator', async (name) => {
    const dan = await admin(undefined, [here]);
    const one = await make(apiOf(dan));
    const two = await make(by(one.key));
    expect([await status(one), await status(two)]).toEqual([200, 200]);
    expect(await gateway.transport.publish(leave(dan.users[here]!, name))).toEqual({ outcome: 'done' });
    for (const key of [one, two]) await becomes(key, 401);
  });

  it('is suspended when the creator is inactive in the directory, even without an event', async () => {
    const dan = await admin(undefined, [here]);
    const key = await make(apiOf(dan));
    expect(await status(key)).toBe(200);
    await gateway.app.get(Database).unscoped((tx) => tx.run('DELETE FROM gateway.sessions'));
    const kept = gateway.transport.handlers['users.get']!;
    gateway.transport.handlers['users.get'] = (data, asking) => {
      const user = kept(data, asking);
      return { ...user, active: false, version: user.version + 1 };
    };
    try {
      const { DeactivationSweep } = await import('../src/auth/deactivations.worker.js');
      await gateway.app.get(DeactivationSweep).sweep();
    } finally {
      gateway.transport.handlers['users.get'] = kept;
    }
    await becomes(key, 401);
  });

  it('is suspended when the key that created it is revoked or expires', async () => {
    for (const end of ['delete', 'expire']) {
      const one = await make(root);
      const three = await make(by((await make(by(one.key))).key));
      expect(await status(three)).toBe(200);
      if (end === 'delete') await root('DELETE', `/api-keys/${one.id}`);
      else
        await asOwner(gateway, (query) =>
          query(`UPDATE gateway.api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [one.id]),
        );
      await becomes(three, 401);
      expect((await listed(three.id))?.status).toBe('suspended');
    }
  });

  it('ends the sessions opened with it when its creator loses the role', async () => {
    const dan = await admin();
    const key = await make(apiOf(dan));
    const browser = new Browser(gateway);
    expect((await browser.loginWithKey(key.key)).statusCode).toBe(303);
    expect((await browser.api('GET', '/me')).statusCode).toBe(200);
    await takeRolesOf(dan.subject);
    await eventually(async () => expect((await browser.api('GET', '/me')).statusCode).toBe(401));
  });

  describe('after a takeover', () => {
    const takeOver = (api: typeof root, { id }: { id: string }) => api('POST', `/api-keys/${id}/take-over`);

    it('keeps its secret and has the caller as creator', async () => {
      const [dan, carol] = [await admin(), await admin()];
      const key = await make(apiOf(dan));
      await takeRolesOf(dan.subject);
      await becomes(key, 401);
      const taken = await takeOver(apiOf(carol), key);
      const maker = { kind: 'person', issuer: issuer.url, subject: carol.subject };
      expect([taken.statusCode, taken.json()]).toMatchObject([200, { id: key.id, status: 'active', maker }]);
      expect(taken.json()).not.toHaveProperty('key');
      await becomes(key, 200);
      await takeRolesOf(carol.subject);
      await becomes(key, 401);
    });

    it.each(['access:review-as', 'access:panic'])(
      'cannot have %s, because the former creator has its secret',
      async (scope) => {
        const [alice, bob] = [await admin(), await admin()];
        const key = await make(apiOf(alice), { scopes: [scope] });
        const answer = await takeOver(apiOf(bob), key);
        expect([answer.statusCode, answer.json().detail]).toEqual([
          409,
          `A key with the scope ${scope} cannot be taken over. Create a new one.`,
        ]);
      },
    );

    it('cannot exceed the rights and lifetime of the caller', async () => {
      const wide = await make(root);
      const endless = await make(root, { scopes: ['keys:read', 'keys:write'], expiresAt: null });
      const ends = await make(root, { scopes: ['keys:read', 'keys:write'] });
      const dan = await admin([here]);
      expect((await takeOver(apiOf(dan), wide)).statusCode).toBe(404);
      expect((await takeOver(by(ends.key), wide)).statusCode).toBe(403);
      expect((await takeOver(by(ends.key), endless)).statusCode).toBe(403);
      expect((await listed(wide.id))?.maker).toEqual({ kind: 'apiKey', keyId: 'configured' });
    });

    it('cannot be taken over by a key that it created', async () => {
      const one = await make(root);
      const two = await make(by((await make(by(one.key), {})).key));
      const answer = await takeOver(by(two.key), one);
      expect([answer.statusCode, answer.json()]).toMatchObject([409, { detail: expect.stringMatching(/created/) }]);
      expect((await takeOver(by(two.key), two)).statusCode).toBe(409);
      await root('DELETE', `/api-keys/${one.id}`);
      await becomes(two, 401);
    });

    it('cannot be a root key, an expired or a revoked key', async () => {
      const [gone, over] = [await make(root), await make(root)];
      await root('DELETE', `/api-keys/${gone.id}`);
      await asOwner(gateway, (query) =>
        query(`UPDATE gateway.api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [over.id]),
      );
      expect((await takeOver(root, gone)).statusCode).toBe(404);
      expect((await takeOver(root, over)).statusCode).toBe(409);
      const keyless = await openGateway({ apiKey: undefined });
      try {
        const headers = { authorization: `Bearer ${keyless.firstApiKey}` };
        const list = await keyless.request('GET', '/api/v1/api-keys', { headers });
        const [first] = list.json<{ items: Key[] }>().items;
        expect(first).toMatchObject({ maker: null, status: 'active', expiresAt: null });
        const path = `/api/v1/api-keys/${first!.id}/take-over`;
        expect((await keyless.request('POST', path, { headers })).statusCode).toBe(409);
      } finally {
        await keyless.close();
      }
    });

    it('is logged by ids', async () => {
      const before = gateway.log.length;
      const { id } = await make(root);
      expect((await takeOver(root, { id })).statusCode).toBe(200);
      const line = gateway.log.slice(before).find((each) => each.includes('API key taken over')) ?? '{}';
      expect(JSON.parse(line)).toMatchObject({ actor: { keyId: 'configured' }, keyId: id });
    });
  });

  describe('ends', () => {
    const daysLeft = ({ expiresAt }: Key) => Math.round((Date.parse(expiresAt!) - Date.now()) / DAY_MS);

    it('after 90 days by default, and never with expiresAt null', async () => {
      expect(daysLeft(await make(root))).toBe(90);
      expect((await make(root, { expiresAt: null })).expiresAt).toBeNull();
      const expiresAt = new Date(Date.now() + 400 * DAY_MS).toISOString();
      expect((await make(root, { expiresAt })).expiresAt).toBe(expiresAt);
    });

    it('by default not later than the key that created it', async () => {
      const expiresAt = new Date(Date.now() + 3 * DAY_MS).toISOString();
      const parent = await make(root, { expiresAt });
      expect((await make(by(parent.key))).expiresAt).toBe(expiresAt);
      const endless = await call(parent.key, 'POST', '/api-keys', { name: 'x', scopes: ['all'], expiresAt: null });
      expect(endless.statusCode).toBe(403);
    });

    it('with a warning in the log and in the list 14 days before, once', async () => {
      const { ApiKeyExpiry } = await import('../src/auth/api-key-expiry.worker.js');
      const [long, short, gone] = [
        await make(root),
        await make(root, { expiresAt: new Date(Date.now() + 2 * DAY_MS).toISOString() }),
        await make(root),
      ];
      await root('DELETE', `/api-keys/${gone.id}`);
      const warnings = (of: Key) =>
        gateway.log
          .map((line) => JSON.parse(line) as { msg: string; keyId?: string; days?: number })
          .filter(({ msg, keyId }) => msg === 'API key expires soon' && keyId === of.id)
          .map(({ days }) => days);
      const warn = () => gateway.app.get(ApiKeyExpiry).warn();
      await warn();
      expect([warnings(long), (await listed(long.id))?.status]).toEqual([[], 'active']);
      await asOwner(gateway, (query) =>
        query(
          `UPDATE gateway.api_keys SET created_at = now() - interval '80 days'
                                            WHERE id = ANY ($1::uuid[])`,
          [[long.id, gone.id]],
        ),
      );
      for (const days of [15, 13.5, 13, 0.5]) {
        await asOwner(gateway, (query) =>
          query(`UPDATE gateway.api_keys SET expires_at = now() + $2 * interval '1 day' WHERE id = ANY ($1::uuid[])`, [
            [long.id, gone.id],
            days,
          ]),
        );
        await Promise.all([warn(), warn()]);
      }
      expect([warnings(long), warnings(gone)]).toEqual([[14, 1], []]);
      expect((await listed(long.id))?.status).toBe('expiring');
      expect(warnings(short)).toEqual([]);
      expect(await gateway.metrics()).toMatch(/^tidegate_api_key_expiry_seconds\{[^}]*\} \d/m);
    });
  });

  it('from before creators were stored stays valid and counts as created by the root key', async () => {
    const [{ column_default: byDefault }] = (await asOwner(gateway, (query) =>
      query(`SELECT column_default FROM information_schema.columns
             WHERE table_schema = 'gateway' AND table_name = 'api_keys' AND column_name = 'maker_kind'`),
    )) as [{ column_default: string }];
    expect(byDefault).toContain('root');
    const old = await make(root);
    await asOwner(gateway, (query) =>
      query(`UPDATE gateway.api_keys SET maker_kind = DEFAULT, expires_at = NULL WHERE id = $1`, [old.id]),
    );
    expect(await status(old)).toBe(200);
    expect(await listed(old.id)).toMatchObject({ maker: { kind: 'apiKey', keyId: 'configured' }, status: 'active' });
  });

  it('created by a root key does not count as administrator without it, so that root key cannot be revoked', async () => {
    const keyless = await openGateway({ apiKey: undefined, publicUrl: ORIGIN });
    try {
      const headers = { authorization: `Bearer ${keyless.firstApiKey}` };
      const api: typeof root = (method, path, payload) =>
        keyless.request(method, `/api/v1${path}`, { headers, ...(payload ? { payload } : {}) });
      const [{ id: firstId }] = (await api('GET', '/api-keys')).json<{ items: [{ id: string }] }>().items;
      // A key without expiry that the first key created is suspended with it.
      const child = await api('POST', '/api-keys', { name: 'child', scopes: ['all'], expiresAt: null });
      expect(child.statusCode).toBe(201);
      expect((await api('DELETE', `/api-keys/${firstId}`)).statusCode).toBe(409);
    } finally {
      await keyless.close();
    }
  });

  it('does not need rights of its creator in other integrations', async () => {
    const dan = await admin([here, there]);
    const key = await make(apiOf(dan), { scopes: ['integrations:read'], integrationIds: [here] });
    expect((await call(key.key, 'GET', `/integrations/${here}`)).statusCode).toBe(200);
    expect((await call(key.key, 'GET', `/integrations/${there}`)).statusCode).toBe(404);
  });
});
