import { GRANT_END_REASONS, GRANT_STATUSES, REQUEST_STATUS_REASONS, REQUEST_STATUSES } from '@tidegate/contracts';
import { Reflector } from '@nestjs/core';
import { type ExecutionContext } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { alice, eventually } from '@tidegate/testing';
import pg from 'pg';
import { AccessGuard } from '../src/callers/access.guard.js';
import { API_KEY, type TestGateway, newIntegration, openGateway, userRecord } from './harness.js';

const ID = '018f0000-0000-7000-8000-000000000000';

describe('the HTTP surface', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openGateway({ publicUrl: 'https://tide.example.com/' });
  });
  afterAll(() => gateway.close());

  it('has no public routes except the listed ones', async () => {
    expect(gateway.routes.length).toBeGreaterThan(60);
    const open = new Set<string>();
    for (const { method, url } of gateway.routes) {
      const path = url.replaceAll(/:\w+/g, ID);
      const { statusCode } = await gateway.request(method, path);
      if (statusCode !== 401) open.add(`${method} ${url} ${statusCode}`);
    }
    expect([...open].filter((route) => !route.startsWith('HEAD ')).sort()).toEqual([
      'GET / 404',
      'GET /.well-known/oauth-authorization-server/oauth/:integrationId 200',
      'GET /api/docs 200',
      'GET /api/docs/:file 404',
      'GET /api/v1/openapi.json 200',
      'GET /catalog 404',
      'GET /livez 200',
      'GET /login 200',
      'GET /login/callback/:providerId 400',
      'GET /login/start/:providerId 404',
      'GET /logout 200',
      'GET /metrics 404',
      'GET /oauth/:integrationId/.well-known/oauth-authorization-server 200',
      'GET /oauth/:integrationId/authorize 400',
      'GET /oauth/:integrationId/authorize/:uid 400',
      'GET /oauth/:integrationId/interaction/:uid 400',
      'GET /readyz 200',
      'POST /login 403',
      'POST /logout 303',
      'POST /oauth/:integrationId/interaction/:uid 400',
      'POST /oauth/:integrationId/revoke 415',
      'POST /oauth/:integrationId/token 415',
    ]);
  });

  it('refuses routes without an access rule, even to authenticated callers', () => {
    class Forgotten {
      readonly handle = () => undefined;
    }
    const context = {
      getHandler: () => new Forgotten().handle,
      getClass: () => Forgotten,
      switchToHttp: () => ({
        getRequest: () => ({ caller: { kind: 'key', keyId: 'configured', scopes: 'all', integrations: 'all' } }),
      }),
    } as unknown as ExecutionContext;
    expect(() => new AccessGuard(new Reflector()).canActivate(context)).toThrow(
      expect.objectContaining({ status: 403 }),
    );
  });

  it('documents the enums of grants and requests in OpenAPI', async () => {
    const { components } = (await gateway.request('GET', '/api/v1/openapi.json')).json<{
      components: { schemas: Record<string, { properties: Record<string, { enum?: unknown[] }> }> };
    }>();
    const words = (view: string, field: string) => components.schemas[view]?.properties[field]?.enum;
    expect(words('GrantRecord', 'status')).toEqual([...GRANT_STATUSES]);
    expect(words('GrantRecord', 'endReason')).toEqual([...GRANT_END_REASONS, null]);
    expect(words('RequestRecord', 'status')).toEqual([...REQUEST_STATUSES]);
    expect(words('RequestRecord', 'statusReason')).toEqual([...REQUEST_STATUS_REASONS, null]);
  });

  it('documents every route of the admin API', async () => {
    const answer = await gateway.request('GET', '/api/v1/openapi.json');
    const document = answer.json();
    expect(document.openapi).toMatch(/^3\./);
    expect(answer.headers['content-type']).toMatch('application/json');
    const described = Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const registered = gateway.routes
      .filter(({ method, url }) => url.startsWith('/api/v1/') && method !== 'HEAD' && !url.endsWith('openapi.json'))
      .map(({ method, url }) => `${method} ${url}`);
    expect(described.sort()).toEqual(registered.sort());
    expect(document.components.schemas.CreateIntegration.required).toEqual(['type', 'name']);
    expect(document.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  it('sets request id, nosniff and no-store on every response', async () => {
    const given = await gateway.request('GET', '/livez', { headers: { 'x-request-id': 'order-66' } });
    expect(given.headers).toMatchObject({ 'x-request-id': 'order-66', 'x-content-type-options': 'nosniff' });
    const made = await gateway.request('GET', '/scim/v2/x/Users', { headers: { 'x-request-id': 'bad id\n' } });
    expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.headers['cache-control']).toBe('no-store');
  });

  it('sets Strict-Transport-Security if the public URL is https', async () => {
    for (const path of ['/livez', '/login', '/api/v1/me', '/nothing'])
      expect((await gateway.request('GET', path)).headers['strict-transport-security']).toBe('max-age=31536000');
    const plain = await openGateway();
    try {
      expect((await plain.request('GET', '/livez')).headers).not.toHaveProperty('strict-transport-security');
    } finally {
      await plain.close();
    }
  });

  it('counts requests by route pattern', async () => {
    await gateway.request('GET', `/scim/v2/${ID}/Users/${ID}`);
    const body = await gateway.metrics();
    expect(body).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/scim\/v2\/:integrationId\/Users\/:id"/);
    expect(body).not.toContain(ID);
  });

  it('has a metric of unpublished events', async () => {
    await eventually(async () => {
      const body = await gateway.metrics();
      expect(body).toContain('tidegate_outbox_unpublished{service="gateway"} 0');
      expect(body).toContain('tidegate_outbox_oldest_age_seconds{service="gateway"} 0');
    });
  });

  it('uses its public URL in responses', async () => {
    const { id, scim } = await newIntegration(gateway);
    expect((await gateway.api('GET', `/integrations/${id}`)).json().scimBaseUrl).toBe(
      `https://tide.example.com/scim/v2/${id}`,
    );
    gateway.transport.handlers['users.create'] = () => userRecord();
    expect((await scim('POST', '/Users', alice())).headers['location']).toMatch(
      /^https:\/\/tide\.example\.com\/scim\/v2\//,
    );
  });

  it('replaces the first key until it is used, and never afterwards', async () => {
    const keyless = await openGateway({ apiKey: undefined });
    try {
      const lost = keyless.firstApiKey ?? '';
      const firstApiKey = (await keyless.createFirstApiKey()) ?? '';
      for (const key of [lost, firstApiKey]) expect(key).toMatch(/^tgk_[\w-]{43}$/);
      const call = (key: string) =>
        keyless.request('GET', '/api/v1/integrations', { headers: { authorization: `Bearer ${key}` } });
      expect((await call(lost)).statusCode).toBe(401);
      expect((await call(firstApiKey)).statusCode).toBe(200);
      expect((await call(API_KEY)).statusCode).toBe(401);
      expect(keyless.log.join('')).not.toContain(firstApiKey);
      expect(await keyless.createFirstApiKey()).toBeUndefined();
      expect((await call(firstApiKey)).statusCode).toBe(200);
    } finally {
      await keyless.close();
    }
  });

  it('either accepts a first key or replaces it, also when both happen at the same time', async () => {
    const keyless = await openGateway({ apiKey: undefined });
    try {
      let key = keyless.firstApiKey;
      for (let round = 0; key && round < 20; round += 1) {
        const headers = { authorization: `Bearer ${key}` };
        const call = keyless.request('GET', '/api/v1/integrations', { headers });
        const [{ statusCode }, replacement] = await Promise.all([call, keyless.createFirstApiKey()]);
        expect([statusCode, replacement !== undefined]).toEqual(statusCode === 200 ? [200, false] : [401, true]);
        key = replacement;
      }
    } finally {
      await keyless.close();
    }
  });

  it('accepts a stored key beside the configured one until it is deleted in the database', async () => {
    const keyless = await openGateway({ apiKey: undefined });
    const owner = new pg.Client({ connectionString: keyless.databaseUrl });
    await owner.connect();
    const configured = await openGateway({ databaseUrl: keyless.databaseUrl });
    try {
      const status = async (key = '') => {
        const headers = { authorization: `Bearer ${key}` };
        return (await configured.request('GET', '/api/v1/integrations', { headers })).statusCode;
      };
      expect([await status(keyless.firstApiKey), await status(API_KEY)]).toEqual([200, 200]);
      const listed = await owner.query('SELECT id, name, created_at FROM gateway.api_keys ORDER BY created_at');
      expect(listed.rows).toEqual([{ id: expect.any(String), name: 'first key', created_at: expect.any(Date) }]);
      await owner.query('DELETE FROM gateway.api_keys WHERE id = $1', [listed.rows[0].id]);
      await eventually(async () => expect(await status(keyless.firstApiKey)).toBe(401));
      expect(await status(API_KEY)).toBe(200);
    } finally {
      await configured.close();
      await owner.end();
      await keyless.close();
    }
  });

  it('hides the rows of other integrations even from a query without a where', async () => {
    const [ours, theirs] = [await newIntegration(gateway), await newIntegration(gateway)];
    const database = gateway.app.get(Database);
    const seen = (integrationIds: string[]) =>
      database.transaction({ integrationIds }, async (tx) => {
        const integrations = await tx.rows<{ id: string }>('SELECT id FROM gateway.integrations');
        const tokens = await tx.rows<{ id: string }>('SELECT integration_id AS id FROM gateway.scim_tokens');
        return [...integrations, ...tokens].map((row) => row.id);
      });
    expect(await seen([])).toEqual([]);
    expect(await seen([ours.id])).toEqual([ours.id, ours.id]);
    const trespass = (sql: string) =>
      database.transaction({ integrationIds: [ours.id] }, (tx) => tx.run(sql, [theirs.id]));
    expect(await trespass('UPDATE gateway.integrations SET name = name WHERE id = $1')).toBe(0);
    expect(await trespass('DELETE FROM gateway.scim_tokens WHERE integration_id = $1')).toBe(0);
    await expect(trespass(`INSERT INTO gateway.create_attempts VALUES ($1, 'x', gen_random_uuid())`)).rejects.toThrow(
      /row-level security/,
    );
  });

  it('stores only the hash of a token', async () => {
    const { id, token } = await newIntegration(gateway);
    const rows = await gateway.app
      .get(Database)
      .transaction({ integrationIds: [id] }, (tx) => tx.rows<object>('SELECT * FROM gateway.scim_tokens'));
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token.slice(4, 40));
  });
});
