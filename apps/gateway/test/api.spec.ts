import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import {
  API_KEY,
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  userRecord,
  wrongFields,
} from './harness.js';

const OKTA = { type: 'okta-scim', name: 'Okta of example', domain: 'example.okta.com' };

describe('the admin API', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await openGateway({ allowedDomains: ['login.example.com'] });
  });
  afterAll(() => gateway.close());

  const fields = (method: string, path: string, body?: object) => wrongFields(gateway, method, path, body);

  it('refuses calls without a valid key', async () => {
    const keys = [
      undefined,
      '',
      'Bearer',
      'Bearer x',
      `Bearer ${API_KEY}x`,
      `Basic ${API_KEY}`,
      // Only SCIM accepts tokens without a scheme.
      API_KEY,
      `Bearer tgk_${'a'.repeat(43)}`,
    ];
    for (const authorization of keys) {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await gateway.request('GET', '/api/v1/integrations', { headers });
      expect([authorization, answer.statusCode]).toEqual([authorization, 401]);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      const sayBearer =
        /^The Authorization header has no scheme Bearer\. Send "Authorization: Bearer", a space and the API key\.$/;
      const hasScheme = authorization === undefined || authorization.startsWith('Bearer ');
      const detail = hasScheme ? /missing or not valid/ : sayBearer;
      expect(answer.json()).toMatchObject({
        status: 401,
        title: 'Unauthorized',
        detail: expect.stringMatching(detail),
      });
      const sent = await gateway.request('POST', '/api/v1/integrations', { headers, payload: {} });
      expect([sent.statusCode, sent.json().detail]).toEqual([401, answer.json().detail]);
    }
  });

  it('creates an integration and records the event', async () => {
    const answer = await gateway.api('POST', '/integrations', { ...OKTA, groupsToSync: ['Database admins'] });
    expect(answer.statusCode).toBe(201);
    const made = answer.json();
    expect(made).toEqual({
      ...OKTA,
      id: expect.any(String),
      groupsToSync: ['Database admins'],
      dialect: 'okta',
      extensions: { User: [], Group: [] },
      managerAttribute: null,
      disconnectedAfterSeconds: 0,
      status: 'initializing',
      statusSince: expect.stringMatching(/Z$/),
      statusReason: { code: 'waiting_for_first_call', detail: expect.any(String) },
      connectedAt: null,
      lastSeenAt: null,
      version: 1,
      scimBaseUrl: `http://tidegate.example/scim/v2/${made.id}`,
      createdAt: expect.stringMatching(/Z$/),
      createdBy: { kind: 'apiKey', keyId: 'configured', name: 'configured key', network: '127.0.0.0/24' },
      updatedBy: null,
      unmatchedGroups: ['Database admins'],
      warnings: [],
    });
    const { unmatchedGroups: _, warnings: __, ...stored } = made;
    expect((await gateway.api('GET', `/integrations/${made.id}`)).json()).toEqual(stored);
    await eventually(() =>
      expect(gateway.transport.events).toContainEqual(
        expect.objectContaining({
          name: 'integration.created',
          subject: made.id,
          data: {
            integrationId: made.id,
            name: OKTA.name,
            type: 'okta-scim',
            status: 'initializing',
            groupsToSync: ['Database admins'],
            groupsToSyncVersion: 1,
            profileAttributes: [],
            profileAttributesVersion: 0,
            managerAttribute: null,
            disabled: false,
            disablements: 0,
            removed: false,
            version: 1,
          },
        }),
      ),
    );
  });

  it('refuses duplicate names, ignoring case', async () => {
    await gateway.api('POST', '/integrations', { ...OKTA, name: 'Taken' });
    const answer = await gateway.api('POST', '/integrations', { ...OKTA, name: 'TAKEN' });
    expect([answer.statusCode, answer.json()]).toMatchObject([409, { status: 409, title: 'Conflict' }]);
  });

  it.each([
    [{}, ['type', 'name']],
    [{ type: 'okta-scim' }, ['name', 'domain']],
    [{ ...OKTA, type: 'ldap' }, ['type']],
    [{ ...OKTA, name: '' }, ['name']],
    [{ ...OKTA, name: '   ' }, ['name']],
    [{ ...OKTA, name: 'a/b' }, ['name']],
    [{ ...OKTA, name: 'x'.repeat(65) }, ['name']],
    [{ ...OKTA, name: 7 }, ['name']],
    [{ ...OKTA, name: null }, ['name']],
    [{ ...OKTA, domain: 'not a host' }, ['domain']],
    [{ ...OKTA, domain: 'okta.com' }, ['domain']],
    [{ ...OKTA, domain: 'example.okta.com.evil.org' }, ['domain']],
    [{ ...OKTA, groupsToSync: 7 }, ['groupsToSync']],
    [{ ...OKTA, groupsToSync: [''] }, ['groupsToSync']],
    [{ ...OKTA, groupsToSync: ['x'.repeat(257)] }, ['groupsToSync']],
    [{ ...OKTA, groupsToSync: Array(1001).fill('x') }, ['groupsToSync']],
    [{ ...OKTA, surprise: 1 }, ['surprise']],
    [{ name: 'a/b', domain: 'gmail.com', type: 'okta-scim' }, ['name', 'domain']],
  ])('reports the invalid fields of %j', async (body, expected) => {
    expect(await fields('POST', '/integrations', body)).toEqual(expect.arrayContaining(expected));
    expect(await fields('POST', '/integrations', body)).toHaveLength(expected.length);
  });

  it('refuses personal email domains with an explanation', async () => {
    const { errors } = (await gateway.api('POST', '/integrations', { ...OKTA, domain: 'gmail.com' })).json();
    expect(errors[0].message).toMatch(/domain of your organization/);
  });

  it('accepts ALLOWED_DOMAINS and the domains of every Okta cell', async () => {
    const domains = ['login.example.com', 'a.oktapreview.com', 'A.okta-emea.com', 'a.okta-gov.com'];
    for (const [index, domain] of domains.entries()) {
      const answer = await gateway.api('POST', '/integrations', { ...OKTA, name: `domain ${index}`, domain });
      expect([domain, answer.statusCode, answer.json().domain]).toEqual([domain, 201, domain.toLowerCase()]);
    }
  });

  it('changes the given settings, and records events only for changes', async () => {
    const { id } = await newIntegration(gateway);
    const changed = await gateway.api('PATCH', `/integrations/${id}`, { name: 'Renamed', groupsToSync: ['One'] });
    expect(changed.json()).toMatchObject({ name: 'Renamed', groupsToSync: ['One'], domain: 'example.okta.com' });
    await gateway.api('PATCH', `/integrations/${id}`, { name: 'Renamed' });
    await gateway.api('PATCH', `/integrations/${id}`, { domain: 'other.okta.com' });
    const versions = () =>
      gateway.transport.events.filter((event) => event.subject === id).map((event) => event.version);
    await eventually(() => expect(versions().sort()).toEqual([1, 2, 3]));
    expect(await fields('PATCH', `/integrations/${id}`, { name: null, status: 'active' })).toEqual(['name', 'status']);
  });

  it('deletes an integration only with its name as confirmation, and records the event', async () => {
    const { id } = await newIntegration(gateway);
    const { name } = (await gateway.api('GET', `/integrations/${id}`)).json();
    expect(await fields('DELETE', `/integrations/${id}`)).toEqual(['confirm']);
    expect(await fields('DELETE', `/integrations/${id}?confirm=other`)).toEqual(['confirm']);
    expect((await gateway.api('DELETE', `/integrations/${id}?confirm=${encodeURIComponent(name)}`)).statusCode).toBe(
      204,
    );
    expect((await gateway.api('GET', `/integrations/${id}`)).statusCode).toBe(404);
    await eventually(() => {
      const last = gateway.transport.events.findLast((event) => event.subject === id);
      expect(last).toMatchObject({ name: 'integration.removed', data: { removed: true, version: 2 } });
    });
  });

  it('pages lists', async () => {
    const all = (await gateway.api('GET', '/integrations?limit=200')).json();
    const names: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const part: { items: { name: string }[]; nextCursor: string | null } = (
        await gateway.api('GET', `/integrations?limit=2${cursor && `&cursor=${cursor}`}`)
      ).json();
      expect(part.items.length).toBeLessThanOrEqual(2);
      names.push(...part.items.map((item) => item.name));
      cursor = part.nextCursor;
    }
    expect(names).toEqual(all.items.map((item: { name: string }) => item.name));
    expect(all.nextCursor).toBeNull();
    expect(await fields('GET', '/integrations?limit=201')).toEqual(['limit']);
    expect(await fields('GET', '/integrations?limit=x&cursor=')).toEqual(['cursor', 'limit']);
    expect(await fields('GET', '/integrations?cursor=nonsense')).toEqual(['cursor']);
    expect(await fields('GET', '/integrations?page=2')).toEqual(['page']);
  });

  it('returns a token once', async () => {
    const { id, token, tokenId } = await newIntegration(gateway);
    expect(token).toMatch(/^tgs_[0-9a-f]{32}_[\w-]{43}_[0-9a-f]{8}$/);
    const list = await gateway.api('GET', `/integrations/${id}/tokens`);
    expect(list.body).not.toContain(token);
    expect(list.json().items).toMatchObject([{ id: tokenId, hint: token.slice(-4), lastUsedAt: null }]);
    const second = await gateway.api('POST', `/integrations/${id}/tokens`, { description: 'for the rotation' });
    expect(second.json()).toMatchObject({ description: 'for the rotation' });
    expect((await gateway.api('DELETE', `/integrations/${id}/tokens/${tokenId}`)).statusCode).toBe(204);
    expect((await gateway.api('DELETE', `/integrations/${id}/tokens/${tokenId}`)).statusCode).toBe(404);
    expect((await gateway.api('POST', `/integrations/${uuidv7()}/tokens`)).statusCode).toBe(404);
  });

  it('does not touch the token of another integration', async () => {
    const [ours, theirs] = [await newIntegration(gateway), await newIntegration(gateway)];
    expect((await gateway.api('DELETE', `/integrations/${ours.id}/tokens/${theirs.tokenId}`)).statusCode).toBe(404);
    gateway.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
    expect((await theirs.scim('GET', '/Users')).statusCode).toBe(200);
  });

  it('shows the directory of one integration', async () => {
    const { id } = await newIntegration(gateway);
    const [user, group] = [userRecord(), groupRecord()];
    Object.assign(gateway.transport.handlers, {
      'users.page': () => ({ items: [user], nextCursor: 'more' }),
      'groups.get': () => group,
      'members.list': () => ({ items: [], nextCursor: null }),
    });
    const users = await gateway.api('GET', `/integrations/${id}/users?limit=1&cursor=x`);
    const { attributes, groups: _, ...rest } = user;
    expect(users.json()).toEqual({ items: [{ ...rest, ...attributes, externalId: null }], nextCursor: 'more' });
    const { asking, data } = gateway.transport.last('users.page');
    expect([asking.integrationIds, data]).toEqual([[id], { limit: 1, cursor: 'x' }]);
    expect((await gateway.api('GET', `/integrations/${id}/groups/${group.id}`)).json().displayName).toBe(
      'Database admins',
    );
    expect((await gateway.api('GET', `/integrations/${id}/groups/${group.id}/members`)).json().items).toEqual([]);
    expect((await gateway.api('GET', `/integrations/${uuidv7()}/users`)).statusCode).toBe(404);
    expect((await gateway.api('GET', `/integrations/x/users`)).statusCode).toBe(404);
    expect((await gateway.api('GET', `/integrations/${id}/users/__proto__`)).statusCode).toBe(404);
  });

  it('refuses bodies that are not JSON, too large, of another type or with __proto__', async () => {
    const send = (payload: string, type = 'application/json') =>
      gateway.request('POST', '/api/v1/integrations', {
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': type },
        payload,
      });
    const rows = [
      [await send('{'), 400],
      [await send('[]'), 400],
      [await send('"x"'), 400],
      [await send(`{"name":"${'x'.repeat(1024 * 1024)}"}`), 413],
      [await send('<a/>', 'text/xml'), 415],
      [await send(`{"__proto__":{"name":"a"},"type":"okta-scim","domain":"a.okta.com"}`), 400],
      [await send(`${'{"name":'.repeat(50_000)}1${'}'.repeat(50_000)}`), 400],
    ] as const;
    for (const [answer, status] of rows) {
      expect([answer.statusCode, answer.json().status]).toEqual([status, status]);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    }
  });

  it('refuses duplicate members at any depth, and names them', async () => {
    const send = (path: string, payload: string) =>
      gateway.request('POST', `/api/v1${path}`, {
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
        payload,
      });
    const before = (await gateway.api('GET', '/api-keys')).json().items.length;
    for (const [path, body, name] of [
      ['/api-keys', '{"name":"reader","scopes":["integrations:read"],"scopes":["all"]}', 'scopes'],
      ['/api-keys', '{"name":"reader","scopes":["integrations:read"],"\\u0073copes":["all"]}', 'scopes'],
      ['/access-flows', '{"steps":[{"approvers":[{"kind":"user","kind":"manager"}]}]}', 'kind'],
    ] as const) {
      const answer = await send(path, body);
      expect([answer.statusCode, answer.headers['content-type'], answer.json().detail]).toEqual([
        400,
        'application/problem+json; charset=utf-8',
        `The body has the member "${name}" more than once.`,
      ]);
    }
    expect((await gateway.api('GET', '/api-keys')).json().items).toHaveLength(before);
  });

  it('refuses members with names that are reserved, at any depth', async () => {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    for (const payload of [
      '{"name":{"constructor":1}}',
      '{"constructor":"x"}',
      '{"name":"x","y":[{"__proto__":{}}]}',
    ]) {
      const answer = await gateway.request('POST', '/api/v1/integrations', { headers, payload });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().detail).toContain('which is reserved');
    }
  });

  it('responds to unknown paths and wrong methods with problem details', async () => {
    expect((await gateway.api('GET', '/nothing')).statusCode).toBe(404);
    expect((await gateway.request('GET', '/')).json()).toMatchObject({ status: 404 });
    const wrong = await gateway.api('PUT', '/integrations', {});
    expect([wrong.statusCode, wrong.headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
  });
});
