import { type LightMyRequestResponse } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { SCOPE_NAMES, type Scope } from '../src/callers/roles.js';
import { type Browser, ORIGIN } from './browser.js';
import { type TestGateway, newIntegration, openGateway, type TestIntegration } from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

/** Persons in ascending order of rights: a user, and roles for one integration or for all. */
const PERSONS = ['member', 'auditor', 'admin', 'admin of all'] as const;
type PersonKind = (typeof PERSONS)[number];
/**
 * The access to each route: the scope of keys, and the lowest of the persons. `self` admits users for themselves and
 * administrators, but not auditors without user.
 */
type Row = readonly [need: Scope, least: PersonKind | 'self'];

const API: Record<string, Row | 'person'> = {
  'POST /integrations': ['integrations:write', 'admin of all'],
  'GET /integrations': ['integrations:read', 'auditor'],
  'GET /integrations/:integrationId': ['integrations:read', 'auditor'],
  'PATCH /integrations/:integrationId': ['integrations:write', 'admin'],
  'DELETE /integrations/:integrationId': ['integrations:write', 'admin'],
  'GET /catalog': ['integrations:read', 'auditor'],
  'GET /catalog/:type': ['integrations:read', 'auditor'],
  'GET /integrations/events': ['integrations:read', 'auditor'],
  'GET /integrations/:integrationId/events': ['integrations:read', 'auditor'],
  'GET /integrations/:integrationId/impact': ['integrations:read', 'auditor'],
  'GET /integrations/:integrationId/managers': ['access:read', 'auditor'],
  'POST /integrations/:integrationId/rebuild': ['integrations:write', 'admin'],
  'POST /integrations/:integrationId/groups-to-sync/impact': ['integrations:read', 'auditor'],
  'POST /integrations/:integrationId/disable': ['integrations:write', 'admin'],
  'POST /integrations/:integrationId/enable': ['integrations:write', 'admin'],
  'GET /integrations/:integrationId/connection': ['integrations:read', 'auditor'],
  'GET /integrations/:integrationId/activity': ['audit:read', 'auditor'],
  'GET /integrations/:integrationId/activity/:entryId': ['audit:read', 'auditor'],
  'POST /integrations/:integrationId/tokens/:tokenId/rotate': ['tokens:write', 'admin'],
  'POST /integrations/:integrationId/oauth-client': ['tokens:write', 'admin'],
  'GET /integrations/:integrationId/oauth-client': ['integrations:read', 'auditor'],
  'PATCH /integrations/:integrationId/oauth-client': ['tokens:write', 'admin'],
  'DELETE /integrations/:integrationId/oauth-client': ['tokens:write', 'admin'],
  'POST /integrations/:integrationId/oauth-client/secrets': ['tokens:write', 'admin'],
  'DELETE /integrations/:integrationId/oauth-client/secrets/:secretId': ['tokens:write', 'admin'],
  'POST /integrations/:integrationId/tokens': ['tokens:write', 'admin'],
  'GET /integrations/:integrationId/tokens': ['integrations:read', 'auditor'],
  'DELETE /integrations/:integrationId/tokens/:tokenId': ['tokens:write', 'admin'],
  'GET /integrations/:integrationId/users': ['directory:read', 'auditor'],
  'GET /integrations/:integrationId/users/:userId': ['directory:read', 'member'],
  'GET /integrations/:integrationId/users/:userId/groups': ['directory:read', 'member'],
  'GET /integrations/:integrationId/groups': ['directory:read', 'auditor'],
  'GET /integrations/:integrationId/groups/:groupId': ['directory:read', 'member'],
  'GET /integrations/:integrationId/groups/:groupId/members': ['directory:read', 'auditor'],
  'GET /groups/:id/owners': ['access:read', 'auditor'],
  'PUT /groups/:id/owners': ['access:write', 'admin'],
  'GET /integrations/:integrationId/panic': ['access:panic', 'admin'],
  'POST /integrations/:integrationId/panic': ['access:panic', 'admin'],
  'DELETE /integrations/:integrationId/missed-calls': ['integrations:write', 'admin'],
  'POST /access-flows': ['access:write', 'admin'],
  'GET /access-flows': ['access:read', 'member'],
  'GET /access-flows/:id': ['access:read', 'member'],
  'GET /access-flows/:id/versions': ['access:read', 'auditor'],
  'GET /access-flows/:id/versions/:version': ['access:read', 'auditor'],
  'PATCH /access-flows/:id': ['access:write', 'admin'],
  'DELETE /access-flows/:id': ['access:write', 'admin'],
  'GET /requestable': ['access:read', 'member'],
  'POST /access-requests': ['access:write', 'self'],
  'GET /access-requests': ['access:read', 'member'],
  'GET /access-requests/:id': ['access:read', 'member'],
  'GET /access-requests/:id/timeline': ['access:read', 'member'],
  'POST /access-requests/:id/comments': ['access:write', 'self'],
  'POST /access/explain': ['access:read', 'member'],
  'POST /access-requests/:id/approve': ['access:review-as', 'self'],
  'POST /access-requests/:id/deny': ['access:review-as', 'self'],
  'POST /access-requests/:id/cancel': ['access:write', 'self'],
  'GET /grants': ['access:read', 'member'],
  'GET /grants/:id': ['access:read', 'member'],
  'POST /grants/revoke': ['access:write', 'admin'],
  'POST /grants/:id/revoke': ['access:write', 'self'],
  'POST /grants/:id/extend': ['access:write', 'self'],
  'POST /api-keys': ['keys:write', 'admin'],
  'GET /api-keys': ['keys:read', 'admin'],
  'POST /api-keys/:id/take-over': ['keys:write', 'admin'],
  'DELETE /api-keys/:id': ['keys:write', 'admin'],
  'POST /role-assignments': ['roles:write', 'admin'],
  'GET /role-assignments': ['roles:read', 'admin'],
  'DELETE /role-assignments/:id': ['roles:write', 'admin'],
  'POST /login-providers': ['login:write', 'admin of all'],
  'GET /login-providers': ['login:read', 'admin of all'],
  'GET /login-providers/:id': ['login:read', 'admin of all'],
  'PATCH /login-providers/:id': ['login:write', 'admin of all'],
  'DELETE /login-providers/:id': ['login:write', 'admin of all'],
  'GET /me': 'person',
  'GET /me/sessions': 'person',
  'DELETE /me/sessions/:id': 'person',
};
const LONG_AGO = new Date(0);

/** Routes that show, change or issue credentials and rights, and the one that ends all access. */
const STEP_UP = [
  'POST /integrations/:integrationId/panic',
  'POST /integrations/:integrationId/oauth-client',
  'PATCH /integrations/:integrationId/oauth-client',
  'POST /integrations/:integrationId/oauth-client/secrets',
  'POST /integrations/:integrationId/tokens',
  'POST /integrations/:integrationId/tokens/:tokenId/rotate',
  'POST /api-keys',
  'POST /api-keys/:id/take-over',
  'POST /role-assignments',
  'DELETE /role-assignments/:id',
  'POST /login-providers',
  'PATCH /login-providers/:id',
  'DELETE /login-providers/:id',
];
/** Routes that authenticate their callers themselves: browsers by session, clients by secret. */
const OAUTH = [
  'GET /.well-known/oauth-authorization-server/oauth/:integrationId',
  'GET /oauth/:integrationId/.well-known/oauth-authorization-server',
  'GET /oauth/:integrationId/authorize',
  'GET /oauth/:integrationId/authorize/:uid',
  'GET /oauth/:integrationId/interaction/:uid',
  'POST /oauth/:integrationId/interaction/:uid',
  'POST /oauth/:integrationId/revoke',
  'POST /oauth/:integrationId/token',
];
const PUBLIC = [
  ...OAUTH,
  'GET /',
  'GET /api/docs',
  'GET /api/docs/:file',
  'GET /api/v1/openapi.json',
  'GET /catalog',
  'GET /livez',
  'GET /login',
  'GET /login/callback/:providerId',
  'GET /login/start/:providerId',
  'GET /logout',
  'GET /metrics',
  'GET /readyz',
  'POST /login',
  'POST /logout',
];

describe('the access of each caller to each route', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let integration: TestIntegration;
  let other: TestIntegration;
  let people: People;
  const persons = new Map<PersonKind, Browser>();
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [integration, other] = [await newIntegration(gateway), await newIntegration(gateway)];
    people = await People.at(gateway, issuer, [integration.id]);
    const at = (role: string) => people.person({ roles: [{ role, integrationIds: [integration.id] }] });
    persons.set('member', await people.person({ of: [integration.id] }));
    persons.set('auditor', await at('auditor'));
    persons.set('admin', await at('admin'));
    persons.set('admin of all', await people.person({ roles: [{ role: 'admin' }] }));
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const routes = () =>
    gateway.routes.filter(({ method }) => method !== 'HEAD').map(({ method, url }) => `${method} ${url}`);
  const pathOf = (url: string, where = integration.id) =>
    url.replace(':integrationId', where).replaceAll(/:\w+/g, () => uuidv7());
  /** HEAD, because an event stream does not end; authorization is the same. */
  const methodFor = (method: string, url: string) => (url.endsWith('/events') ? 'HEAD' : method);
  const isRefused = ({ statusCode }: LightMyRequestResponse) => statusCode === 401 || statusCode === 403;
  const withKey = (key: string | undefined, method: string, path: string) =>
    gateway.request(method, path, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      ...(['GET', 'HEAD', 'DELETE'].includes(method) ? {} : { payload: {} }),
    });
  const withSession = (browser: Browser, method: string, path: string) =>
    browser.api(method, path.replace('/api/v1', ''), ['GET', 'HEAD', 'DELETE'].includes(method) ? undefined : {});
  const keyFor = async (scopes: readonly string[], integrationIds?: string[]) =>
    (
      await gateway.api('POST', '/api-keys', { name: 'test', scopes, ...(integrationIds ? { integrationIds } : {}) })
    ).json<{
      key: string;
    }>().key;

  it('covers every registered route', () => {
    const declared = [
      ...Object.keys(API).map((route) => route.replace(' ', ' /api/v1')),
      ...PUBLIC,
      ...routes().filter((route) => route.includes(' /scim/v2/:integrationId')),
    ];
    expect(declared.sort()).toEqual(routes().sort());
  });

  it('is refused without a credential, or with one of another API', async () => {
    for (const route of routes().filter((each) => !PUBLIC.includes(each))) {
      const [method = '', url = ''] = route.split(' ');
      const scim = url.startsWith('/scim/');
      const wrong = [
        undefined,
        'x',
        scim ? await keyFor(['all']) : integration.token,
        scim ? other.token : `tgk_${'a'.repeat(43)}`,
      ];
      for (const key of wrong)
        expect([route, key, (await withKey(key, method, pathOf(url))).statusCode]).toEqual([route, key, 401]);
    }
  });

  it.each(Object.entries(API))('%s', async (route, row) => {
    const [named = '', url = ''] = route.replace(' ', ' /api/v1').split(' ');
    const method = methodFor(named, url);
    const path = pathOf(url);
    const letIn: string[] = [];
    for (const kind of PERSONS) if (!isRefused(await withSession(persons.get(kind)!, method, path))) letIn.push(kind);
    if (row === 'person') {
      expect(letIn).toEqual(PERSONS);
      expect((await withKey(await keyFor(['all']), method, path)).statusCode).toBe(401);
      return;
    }
    const [scope, least] = row;
    const expected =
      least === 'self' ? PERSONS.filter((kind) => kind !== 'auditor') : PERSONS.slice(PERSONS.indexOf(least));
    expect(letIn).toEqual(expected);
    expect(isRefused(await withKey(await keyFor([scope]), method, path))).toBe(false);
    const others = SCOPE_NAMES.filter((name) => name !== scope);
    expect((await withKey(await keyFor(others), method, path)).statusCode).toBe(403);
  });

  it('requires a recent login exactly on routes for credentials and rights, and for a panic', async () => {
    const dan = await people.person({ roles: [{ role: 'admin' }] }, LONG_AGO);
    const asked: string[] = [];
    for (const route of Object.keys(API)) {
      const [named = '', url = ''] = route.replace(' ', ' /api/v1').split(' ');
      const method = methodFor(named, url);
      const answer = await withSession(dan, method, pathOf(url));
      if (answer.body.includes('urn:tidegate:problem:login-again')) asked.push(route);
    }
    expect(asked.sort()).toEqual([...STEP_UP].sort());
  });

  it('answers 404 for integrations that the caller cannot access', async () => {
    const limited = await keyFor(SCOPE_NAMES, [integration.id]);
    for (const route of Object.keys(API).filter((each) => each.includes(':integrationId'))) {
      const [named = '', url = ''] = route.replace(' ', ' /api/v1').split(' ');
      const method = methodFor(named, url);
      const path = pathOf(url, other.id);
      expect([route, (await withKey(limited, method, path)).statusCode]).toEqual([route, 404]);
      expect([route, (await withSession(persons.get('admin')!, method, path)).statusCode]).toEqual([route, 404]);
    }
    expect((await persons.get('auditor')!.api('GET', '/integrations')).json().items).toMatchObject([
      { id: integration.id },
    ]);
    const flow = {
      name: 'x',
      eligibility: { kind: 'everyone' },
      groupIds: [uuidv7()],
      maxDurationSeconds: 60,
      steps: [],
    };
    const beyond = await persons.get('admin')!.api('POST', '/access-flows', { ...flow, integrationId: other.id });
    expect([beyond.statusCode, beyond.json().errors]).toMatchObject([400, [{ field: 'integrationId' }]]);
  });

  it('names the path parameter as the guard reads it', () => {
    const named = gateway.routes.filter(({ url }) => url.startsWith('/api/v1/integrations/'));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ url }) => !/^\/api\/v1\/integrations\/(:integrationId|events$)/.test(url))).toEqual([]);
  });

  it('sends commands only for the integrations of the caller', async () => {
    gateway.transport.handlers['grants.list'] = () => ({ items: [], nextCursor: null });
    await persons.get('auditor')!.api('GET', '/grants');
    expect(gateway.transport.last('grants.list').asking.integrationIds).toEqual([integration.id]);
    await persons.get('admin of all')!.api('GET', '/grants');
    expect(new Set(gateway.transport.last('grants.list').asking.integrationIds)).toEqual(
      new Set([integration.id, other.id]),
    );
  });

  it('does not depend on the spelling of the path', async () => {
    const paths = [
      'api/v1/integrations',
      'api/v1/api-keys',
      'api/v1/me',
      `api/v1/integrations/${integration.id}/tokens`,
    ];
    const spellings = paths.flatMap((path) => [
      `/${path.replace('api/', 'api%2F')}`,
      `/${path.replace('v1/', 'v1//')}`,
      `//${path}`,
      `/./${path}`,
      `/login/../${path}`,
      `/login/..%2f${path}`,
      `/login;/${path}`,
      `/${path}/`,
      `/${path};a=b`,
      `/${path}.`,
      `/${path}%00`,
      `/${path}%20`,
      `/${path.toUpperCase()}`,
      `/%61${path.slice(1)}`,
      `/scim/v2/../../${path}`,
      `http://elsewhere/${path}`,
      `/${path}?authorization=Bearer`,
    ]);
    for (const path of spellings)
      for (const method of ['GET', 'POST', 'DELETE']) {
        const { statusCode } = await gateway.request(method, path);
        expect([method, path, [400, 401, 404, 405, 415].includes(statusCode)]).toEqual([method, path, true]);
      }
  });
});
