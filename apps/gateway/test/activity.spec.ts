import { Database } from '@tidegate/database';
import { alice, bob, eventually } from '@tidegate/testing';
import { ScimError } from '@tidegate/scim';
import { v7 as uuidv7 } from 'uuid';
import { firstIdAt } from '../src/activity/id-time.rule.js';
import { ProvisioningLog } from '../src/activity/provisioning-log.service.js';
import { Retention } from '../src/activity/retention.worker.js';
import { newToken } from '../src/credentials/token-format.rule.js';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  userRecord,
  wrongFields,
} from './harness.js';
import { asOwner, dump } from './owner.js';

const PASSWORD = '1mz050nq-placeholder-of-okta';
const DAY_MS = 86_400_000;

interface EntryJson {
  id: string;
  answeredAt: string;
  operation: string;
  resourceType: string | null;
  targetId: string | null;
  result: string;
  status: number;
  scimType: string | null;
  detail: string | null;
  durationMs: number;
  requestId: string;
  credential: { kind: string; id: string };
  clientNetwork: string | null;
}

describe('the provisioning log', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    okta = await newIntegration(gateway);
    gateway.transport.handlers = {
      'users.list': () => ({ totalResults: 0, items: [] }),
      'groups.list': () => ({ totalResults: 0, items: [] }),
      'users.get': ({ id }) => userRecord({ id }),
      'users.create': ({ attributes }) => userRecord({ attributes }),
      'users.replace': ({ id, attributes }) => userRecord({ id, attributes }),
      'users.patch': ({ id }) => userRecord({ id, active: false }),
      'users.delete': () => ({}),
      'groups.create': ({ attributes }) => groupRecord({ attributes }),
      'groups.patch': ({ id }) => groupRecord({ id }),
      'groups.delete': () => ({}),
    };
  });

  const refusing = (name: keyof TestGateway['transport']['handlers'], error: Error) =>
    Object.assign(gateway.transport.handlers, {
      [name]: () => {
        throw error;
      },
    });
  const page = async (query = '', integration = okta) => {
    await gateway.app.get(ProvisioningLog).flush();
    const answer = await gateway.api('GET', `/integrations/${integration.id}/activity${query}`);
    expect(answer.statusCode).toBe(200);
    return answer.json<{ items: EntryJson[]; nextCursor: string | null }>();
  };
  const entries = async (query = '') => (await page(query)).items;
  const deactivation = { Operations: [{ op: 'replace', value: { active: false } }] };

  it('records operation, target, request id, credential and network of each write', async () => {
    const answer = await okta.scim('POST', '/Users', { ...alice(), password: PASSWORD }, { 'x-request-id': 'req-1' });
    const { id } = answer.json<{ id: string }>();
    expect(await entries()).toEqual([
      {
        id: expect.any(String),
        answeredAt: expect.stringMatching(/Z$/),
        operation: 'create',
        resourceType: 'User',
        targetId: id,
        result: 'ok',
        status: 201,
        scimType: null,
        detail: null,
        durationMs: expect.any(Number),
        requestId: 'req-1',
        credential: { kind: 'token', id: okta.tokenId },
        clientNetwork: '127.0.0.0/24',
      },
    ]);
    const [entry] = await entries();
    expect(Math.abs(Date.parse(entry!.answeredAt) - Date.now())).toBeLessThan(60_000);
    expect((await gateway.api('GET', `/integrations/${okta.id}/activity/${entry!.id}`)).json()).toEqual(entry);
  });

  it('is written automatically', async () => {
    await okta.scim('DELETE', `/Users/${uuidv7()}`);
    await eventually(async () => {
      const { items } = (await gateway.api('GET', `/integrations/${okta.id}/activity`)).json<{ items: EntryJson[] }>();
      expect(items).toMatchObject([{ operation: 'delete', status: 204 }]);
    });
  });

  it('records every write, and of reads only the connection test', async () => {
    const [user, group] = [uuidv7(), uuidv7()];
    for (const [method, path, body] of [
      ['GET', '/Users?startIndex=1&count=2'],
      ['GET', '/Groups?startIndex=1&count=100'],
      ['GET', `/Users?filter=userName%20eq%20%22${alice().userName}%22&startIndex=1&count=100`],
      ['GET', '/Users?startIndex=1&count=100'],
      ['GET', `/Users/${user}`],
      ['GET', '/ServiceProviderConfig'],
      ['POST', '/Users', alice()],
      ['PUT', `/Users/${user}`, alice()],
      ['PATCH', `/Users/${user}`, deactivation],
      ['DELETE', `/Users/${user}`],
      ['PATCH', `/Groups/${group}`, { Operations: [{ op: 'replace', value: { displayName: 'x' } }] }],
      ['DELETE', `/Groups/${group}`],
    ] as const)
      expect((await okta.scim(method, path, body)).statusCode).toBeLessThan(300);
    const recorded = (await entries())
      .reverse()
      .map(({ operation, resourceType, targetId }) => [operation, resourceType, targetId]);
    expect(recorded).toEqual([
      ['list', 'User', null],
      ['list', 'Group', null],
      ['create', 'User', expect.any(String)],
      ['replace', 'User', user],
      ['patch', 'User', user],
      ['delete', 'User', user],
      ['patch', 'Group', group],
      ['delete', 'Group', group],
    ]);
  });

  it('records the reason of every refusal', async () => {
    const id = uuidv7();
    refusing('users.create', new ScimError('uniqueness', 'Another user has this userName.'));
    refusing('users.get', new ScimError('notFound', 'There is no such user.'));
    refusing('users.replace', new ScimError('preconditionFailed', 'The resource has another version.'));
    delete gateway.transport.handlers['users.patch'];
    const json = { 'content-type': 'application/json' };
    const rows = [
      [await okta.scim('POST', '/Users', { userName: {} }), 'create', 'refused', null],
      [await okta.scim('POST', '/Users', '{'), 'create', 'refused', null],
      [await okta.scim('GET', '/Users?sortBy=userName&sortOrder=sideways'), 'list', 'refused', null],
      [await okta.scim('GET', `/Users/${id}`), 'get', 'refused', id],
      [await okta.scim('GET', '/Users/nonsense'), 'get', 'refused', null],
      [await okta.scim('POST', '/Users', alice()), 'create', 'refused', null],
      [await okta.scim('PUT', `/Users/${id}`, alice(), { 'if-match': 'W/"1"' }), 'replace', 'refused', id],
      [await okta.scim('POST', '/Users', 'x'.repeat(1024 * 1024 + 1), json), 'create', 'refused', null],
      [await okta.scim('POST', '/Users', '<a/>', { 'content-type': 'text/xml' }), 'create', 'refused', null],
      [await okta.scim('PATCH', `/Users/${id}`, deactivation), 'patch', 'failed', id],
      [await okta.scim('POST', '/Bulk', {}), 'bulk', 'refused', null],
    ] as const;
    expect(rows.map(([answer]) => answer.statusCode)).toEqual([400, 400, 400, 404, 404, 409, 412, 413, 415, 429, 400]);
    const recorded = (await entries()).reverse();
    for (const [index, [answer, operation, result, targetId]] of rows.entries()) {
      const { detail, scimType = null } = answer.json<{ detail: string; scimType?: string }>();
      const { statusCode: status } = answer;
      const requestId = answer.headers['x-request-id'];
      expect(recorded[index]).toMatchObject({ operation, result, status, targetId, detail, scimType, requestId });
    }
    expect(recorded).toHaveLength(rows.length);
  });

  it('records each operation of a bulk request, and the request', async () => {
    const [user, group] = [uuidv7(), uuidv7()];
    refusing('groups.delete', new ScimError('notFound', 'There is no such group.'));
    await okta.scim('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data: alice() },
        { method: 'POST', path: '/Groups', bulkId: 'g', data: { displayName: 'x', members: [{ value: 'bulkId:a' }] } },
        { method: 'PATCH', path: `/Users/${user}`, data: deactivation },
        { method: 'DELETE', path: `/Groups/${group}` },
        { method: 'POST', path: '/Users', bulkId: 'b', data: { userName: {} } },
        { method: 'PUT', path: '/Nowhere/1', data: {} },
      ],
    });
    const recorded = (await entries()).reverse();
    expect(recorded).toMatchObject([
      { operation: 'bulk', status: 200, result: 'ok' },
      { operation: 'create', resourceType: 'User', status: 201, targetId: expect.any(String) },
      { operation: 'create', resourceType: 'Group', status: 201, targetId: expect.any(String) },
      { operation: 'patch', resourceType: 'User', status: 200, targetId: user },
      { operation: 'delete', resourceType: 'Group', status: 404, targetId: group, result: 'refused' },
      { operation: 'create', resourceType: 'User', status: 400, scimType: 'invalidValue' },
      { operation: 'replace', resourceType: null, result: 'refused' },
    ]);
    expect(new Set(recorded.map(({ requestId }) => requestId)).size).toBe(1);
    const named = await entries(`?targetName=${alice().userName.toUpperCase()}`);
    expect(named.map(({ operation }) => operation)).toEqual(['patch', 'create']);
  });

  it('can be filtered by each field and by the name of the target', async () => {
    refusing('users.replace', new ScimError('uniqueness', 'Another user has this userName.'));
    const made = (await okta.scim('POST', '/Users', alice())).json<{ id: string }>();
    await okta.scim('PUT', `/Users/${uuidv7()}`, bob(), { 'x-request-id': 'of-bob' });
    await okta.scim('POST', '/Groups', { displayName: 'Database admins' });
    delete gateway.transport.handlers['users.delete'];
    await okta.scim('DELETE', `/Users/${made.id}`);
    const all = await entries();
    const [failed, group, refused, created] = all.map(({ id }) => id);
    const narrowed = async (query: string) => (await entries(query)).map(({ id }) => id);
    expect(await narrowed('?result=ok')).toEqual([group, created]);
    expect(await narrowed('?result=refused')).toEqual([refused]);
    expect(await narrowed('?result=failed')).toEqual([failed]);
    expect(await narrowed('?operation=create')).toEqual([group, created]);
    expect(await narrowed('?operation=create&resourceType=User')).toEqual([created]);
    expect(await narrowed(`?targetId=${made.id}`)).toEqual([failed, created]);
    expect(await narrowed(`?targetName=${encodeURIComponent(bob().userName.toUpperCase())}`)).toEqual([refused]);
    expect(await narrowed('?targetName=database%20ADMINS')).toEqual([group]);
    expect(await narrowed('?requestId=of-bob')).toEqual([refused]);
    const [last, first] = [all[0]!.answeredAt, all.at(-1)!.answeredAt];
    const later = new Date(Date.parse(last) + 1).toISOString();
    expect(await narrowed(`?from=${first}&to=${later}`)).toEqual([failed, group, refused, created]);
    expect(await narrowed(`?from=${later}`)).toEqual([]);
    expect(await narrowed(`?to=${first}`)).toEqual([]);
  });

  it('reports invalid filters by field', async () => {
    const path = `/integrations/${okta.id}/activity`;
    for (const [query, field] of [
      ['result=good', 'result'],
      ['operation=read', 'operation'],
      ['resourceType=Role', 'resourceType'],
      ['targetId=alice', 'targetId'],
      ['targetName=', 'targetName'],
      ['requestId=', 'requestId'],
      ['from=yesterday', 'from'],
      ['to=2026-01-02', 'to'],
      ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'to'],
      ['cursor=nonsense', 'cursor'],
      ['limit=0', 'limit'],
      ['status=409', 'status'],
    ])
      expect(await wrongFields(gateway, 'GET', `${path}?${query}`)).toEqual([field]);
  });

  it('is read in pages, newest first', async () => {
    for (let i = 0; i < 5; i++) await okta.scim('DELETE', `/Groups/${uuidv7()}`);
    const whole = (await entries()).map(({ id }) => id);
    expect(whole).toEqual([...whole].sort().reverse());
    const parts: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const part = await page(`?limit=2${cursor && `&cursor=${cursor}`}`);
      parts.push(...part.items.map(({ id }) => id));
      cursor = part.nextCursor;
    }
    expect(parts).toEqual(whole);
    expect(parts).toHaveLength(5);
  });

  it('shows no entries of another integration', async () => {
    const other = await newIntegration(gateway);
    await other.scim('POST', '/Users', alice());
    const [theirs] = (await page('', other)).items;
    expect(await entries()).toEqual([]);
    expect(await entries(`?targetId=${theirs!.targetId}`)).toEqual([]);
    expect((await page(`?cursor=${firstIdAt(new Date(Date.now() + DAY_MS))}`)).items).toEqual([]);
    expect((await gateway.api('GET', `/integrations/${okta.id}/activity/${theirs!.id}`)).statusCode).toBe(404);
    expect((await gateway.api('GET', `/integrations/${uuidv7()}/activity`)).statusCode).toBe(404);
    const seen = await gateway.app.get(Database).transaction({ integrationIds: [okta.id] }, (tx) =>
      tx.rows(`SELECT integration_id FROM gateway.provisioning_log UNION ALL
                 SELECT integration_id FROM gateway.provisioning_milestones`),
    );
    expect(seen).toEqual([]);
  });

  it('records why an expired token is refused, once a minute, and nothing about unknown tokens', async () => {
    const call = (token: string, id = okta.id) =>
      gateway.request('POST', `/scim/v2/${id}/Users`, { headers: { authorization: token }, payload: alice() });
    const other = await newIntegration(gateway);
    const second = (await gateway.api('POST', `/integrations/${okta.id}/tokens`)).json<{ id: string; token: string }>();
    await gateway.api('DELETE', `/integrations/${okta.id}/tokens/${okta.tokenId}`);
    await asOwner(gateway, (query) =>
      query(`UPDATE gateway.scim_tokens SET expires_at = now() WHERE id = $1`, [second.id]),
    );
    const answers = [
      await call(okta.token),
      await call(second.token),
      await call(second.token),
      await call(other.token),
      await call(newToken('tgs_', second.id)),
      await call('non-token'),
      await call(second.token, other.id),
    ];
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(answers[0]!.statusCode).toBe(401);
    expect((await entries()).reverse()).toMatchObject([
      { status: 401, operation: 'create', detail: 'The token was revoked.', credential: { id: okta.tokenId } },
      { status: 401, operation: 'create', detail: 'The token has expired.', credential: { id: second.id } },
    ]);
    expect((await page('', other)).items).toEqual([]);
  });

  it('records why a valid token is refused', async () => {
    const { name } = (await gateway.api('GET', `/integrations/${okta.id}`)).json<{ name: string }>();
    expect((await gateway.api('POST', `/integrations/${okta.id}/disable`, { confirm: name })).statusCode).toBe(200);
    expect((await okta.scim('DELETE', `/Users/${uuidv7()}`)).statusCode).toBe(403);
    const strict = await newIntegration(gateway);
    await gateway.api('PATCH', `/integrations/${strict.id}`, { dialect: 'strict' });
    const bare = { headers: { authorization: strict.token } };
    expect((await gateway.request('GET', `/scim/v2/${strict.id}/Users`, bare)).statusCode).toBe(401);
    expect(await entries()).toMatchObject([{ status: 403, detail: 'The integration is disabled.' }]);
    expect((await page('', strict)).items).toMatchObject([
      {
        status: 401,
        detail: 'The Authorization header has the token without the scheme. Send "Bearer" before the token.',
        credential: { id: strict.tokenId },
      },
    ]);
  });

  it('contains no secrets, bodies or names, and neither do the logs', async () => {
    const body = { ...alice(), password: PASSWORD };
    const { id } = (await okta.scim('POST', '/Users', body)).json<{ id: string }>();
    refusing('users.replace', new ScimError('uniqueness', 'Another user has this userName.'));
    await okta.scim('PUT', `/Users/${id}`, body);
    await okta.scim('PUT', `/Users/${id}`, { ...body, emails: [[PASSWORD]] });
    await okta.scim('POST', '/Groups', { displayName: 'Keepers of the vault' });
    refusing('users.list', new ScimError('invalidFilter', 'There is no such operator at position 9.'));
    await okta.scim('GET', `/Users?filter=userName%20is%20%22${alice().userName}%22`);
    await okta.scim('GET', `/Users/${alice().userName}`);
    expect(await entries()).toHaveLength(6);
    const kept = await dump(gateway);
    expect(kept).toContain(id);
    const secret = okta.token.slice(37, -9);
    for (const text of [secret, PASSWORD, alice().userName, alice().displayName, 'Keepers of the vault']) {
      expect([text, kept.includes(text)]).toEqual([text, false]);
      expect([text, kept.includes(Buffer.from(text).toString('hex'))]).toEqual([text, false]);
      expect([text, gateway.log.join('\n').includes(text)]).toEqual([text, false]);
    }
  });

  it('accepts strings that Postgres cannot store, and entries of deleted integrations', async () => {
    const log = gateway.app.get(ProvisioningLog);
    const gone = await newIntegration(gateway);
    await gone.scim('DELETE', `/Users/${uuidv7()}`);
    await asOwner(gateway, (query) => query('DELETE FROM gateway.integrations WHERE id = $1', [gone.id]));
    refusing('users.delete', new ScimError('notFound', `a\0b\ud800${'x'.repeat(1000)}`));
    await okta.scim('DELETE', `/Users/${uuidv7()}`);
    await log.flush();
    expect(await entries()).toMatchObject([{ detail: expect.stringMatching(/^abx{200,300}$/) }]);
  });

  it('deletes exactly the entries older than the retention period', async () => {
    const other = await newIntegration(gateway);
    for (const integration of [okta, other]) await integration.scim('DELETE', `/Users/${uuidv7()}`);
    await entries();
    const age = (days: number, most: number, integration: TestIntegration) =>
      asOwner(gateway, async (query) => {
        const ids = Array.from({ length: most }, () => uuidv7({ msecs: Date.now() - days * DAY_MS }));
        await query(
          `INSERT INTO gateway.provisioning_log (id, integration_id, operation, result, status, duration_ms, request_id, credential_kind, credential_id)
           SELECT id, $2, 'delete', 'ok', 204, 1, 'old', 'token', 'x' FROM unnest($1::uuid[]) AS id`,
          [ids, integration.id],
        );
      });
    await age(31, 2_500, okta);
    await age(29, 3, okta);
    await age(31, 2, other);
    await gateway.app.get(Retention).deleteExpired(new Date());
    expect(await entries('?limit=200')).toHaveLength(4);
    expect((await page('', other)).items).toHaveLength(1);
  });
});

describe('the buffer of the provisioning log', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  beforeEach(async () => {
    gateway = await openGateway();
    okta = await newIntegration(gateway);
    gateway.transport.handlers['users.delete'] = () => ({});
  });
  afterEach(() => gateway.close());

  const entry = (integrationId = okta.id) => ({
    id: uuidv7(),
    integrationId,
    operation: 'delete' as const,
    resourceType: null,
    targetId: null,
    nameHash: null,
    result: 'ok' as const,
    status: 204,
    scimType: null,
    detail: null,
    durationMs: 1,
    requestId: 'many',
    credential: { kind: 'token' as const, id: okta.tokenId },
    clientNetwork: null,
  });
  const dropped = async () => {
    const text = await gateway.metrics();
    return Number(/^tidegate_provisioning_log_dropped_total\{[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  const count = () =>
    asOwner(gateway, async (query) => {
      const [row] = (await query('SELECT count(*)::int AS count FROM gateway.provisioning_log')) as { count: number }[];
      return row!.count;
    });
  /** Blocks all writes until released. */
  const hold = () => asOwnerHolding(gateway);

  it('holds 5,000 entries of one integration, leaves space for others, and counts what it drops', async () => {
    const other = await newIntegration(gateway);
    const held = await hold();
    const log = gateway.app.get(ProvisioningLog);
    for (let i = 0; i < 5_100; i++) log.add(entry());
    log.add(entry(other.id));
    expect((await okta.scim('DELETE', `/Users/${uuidv7()}`)).statusCode).toBe(204);
    await held.release();
    await eventually(async () => expect(await count()).toBe(5_001));
    expect(await dropped()).toBe(101);
  });

  it('keeps its entries while the database is unavailable', async () => {
    const held = await hold();
    const id = uuidv7();
    await okta.scim('DELETE', `/Users/${id}`);
    await eventually(() => expect(gateway.log.join('\n')).toContain('Could not write the provisioning log'));
    await held.release();
    await eventually(async () => expect(await count()).toBe(1));
    expect(await dropped()).toBe(0);
  });

  it('contains calls in progress at the shutdown', async () => {
    await gateway.app.listen(0, '127.0.0.1');
    let open!: () => void;
    gateway.transport.gate = new Promise<void>((resolve) => (open = resolve));
    const answer = fetch(`${await gateway.app.getUrl()}/scim/v2/${okta.id}/Users/${uuidv7()}`, {
      method: 'DELETE',
      headers: { authorization: okta.token },
    });
    await eventually(() => expect(gateway.transport.last('users.delete')).toBeDefined());
    const stopped = gateway.stop();
    open();
    expect((await answer).status).toBe(204);
    await stopped;
    expect(await count()).toBe(1);
  });

  it('is written before the gateway stops', async () => {
    const log = gateway.app.get(ProvisioningLog);
    for (let i = 0; i < 1_200; i++) log.add(entry());
    await gateway.stop();
    expect(await count()).toBe(1_200);
  });
});

/** Locks the table of the log. */
async function asOwnerHolding(gateway: TestGateway): Promise<{ release: () => Promise<void> }> {
  let release!: () => void;
  const until = new Promise<void>((resolve) => (release = resolve));
  let over!: Promise<void>;
  await new Promise<void>((locked, failed) => {
    over = asOwner(gateway, async (query) => {
      await query('BEGIN');
      await query('LOCK TABLE gateway.provisioning_log IN EXCLUSIVE MODE');
      locked();
      await until;
      await query('ROLLBACK');
    });
    over.catch(failed);
  });
  return {
    release: () => {
      release();
      return over;
    },
  };
}
