import { Refusal } from '@tidegate/contracts';
import { alice } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { type TestGateway, newIntegration, openGateway, type TestIntegration, userRecord } from './harness.js';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** A deactivation among other operations. */
const manyOperations = (count: number) => ({
  Operations: [
    { op: 'replace', path: 'active', value: false },
    ...Array.from({ length: count - 1 }, (_, i) => ({
      op: 'add',
      path: `emails[type eq "t${i}"].value`,
      value: `${i}`,
    })),
  ],
});

describe('users over SCIM', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  beforeAll(async () => {
    gateway = await openGateway();
    okta = await newIntegration(gateway);
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    const { transport } = gateway;
    transport.handlers = {
      'users.list': () => ({ totalResults: 0, items: [] }),
      'users.create': ({ attributes }) => userRecord({ attributes }),
      'users.get': ({ id }) => userRecord({ id }),
      'users.replace': ({ id, attributes }) => userRecord({ id, attributes }),
      'users.patch': ({ id }) => userRecord({ id, active: false }),
      'users.delete': () => ({}),
    };
  });

  it('responds to the connection test with an empty list and numeric counts', async () => {
    const answer = await okta.scim('GET', '/Users?startIndex=1&count=2');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/scim+json');
    expect(answer.json()).toEqual({ schemas: [LIST], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] });
  });

  it.each([
    ['', { startIndex: 1, count: 100 }],
    ['?count=0', { startIndex: 1, count: 0 }],
    ['?count=-5&startIndex=0', { startIndex: 1, count: 0 }],
    ['?count=100000&startIndex=101', { startIndex: 101, count: 200 }],
    ['?filter=userName+eq+%22a%2Bb%40x.com%22', { startIndex: 1, count: 100, filter: 'userName eq "a+b@x.com"' }],
    ['?filter=userName%20eq%20%22%22', { startIndex: 1, count: 100, filter: 'userName eq ""' }],
  ])('parses the list query %s', async (query, expected) => {
    expect((await okta.scim('GET', `/Users${query}`)).statusCode).toBe(200);
    expect(gateway.transport.last('users.list').data).toEqual({
      ...expected,
      baseUrl: expect.stringMatching(/^http.*\/scim\/v2\/[0-9a-f-]+$/),
      withGroups: true,
    });
  });

  it.each(['count=x', 'count=1.5', 'startIndex=', 'startIndex=1e3', 'filter=a&filter=b', 'count=1&count=2'])(
    'refuses the list ?%s as invalidValue',
    async (query) => {
      const answer = await okta.scim('GET', `/Users?${query}`);
      expect([answer.statusCode, answer.json().scimType, answer.json().status]).toEqual([400, 'invalidValue', '400']);
    },
  );

  it('responds to a create with 201, body and Location', async () => {
    const answer = await okta.scim('POST', '/Users', alice());
    expect(answer.statusCode).toBe(201);
    const body = answer.json();
    expect(body).toMatchObject({ schemas: [USER], userName: alice().userName, active: true, groups: [] });
    expect(body.meta).toMatchObject({ resourceType: 'User', location: answer.headers['location'] });
    expect(answer.headers['location']).toBe(`http://tidegate.example/scim/v2/${okta.id}/Users/${body.id}`);
    expect(answer.body).not.toContain(alice().password);
    const { data, asking } = gateway.transport.last('users.create');
    expect(JSON.stringify(data)).not.toContain(alice().password);
    expect(asking).toMatchObject({ integrationIds: [okta.id], urgent: false });
    expect(asking.requestId).toBe(answer.headers['x-request-id']);
    expect(asking.deadlineAt - Date.parse(asking.receivedAt ?? '')).toBeGreaterThanOrEqual(50_000);
  });

  it('applies the projection', async () => {
    const id = uuidv7();
    expect((await okta.scim('GET', `/Users/${id}?attributes=userName`)).json()).toEqual({
      schemas: [USER],
      id,
      userName: 'alice.archer@example.com',
    });
    expect((await okta.scim('GET', `/Users/${id}?excludedAttributes=meta,groups`)).json()).not.toHaveProperty('meta');
  });

  it('shows the groups of a user', async () => {
    const group = { value: uuidv7(), display: 'Database admins', type: 'direct' as const };
    gateway.transport.handlers['users.get'] = ({ id }) => userRecord({ id, groups: [group] });
    const { groups } = (await okta.scim('GET', `/Users/${uuidv7()}`)).json();
    expect(groups).toEqual([{ ...group, $ref: `http://tidegate.example/scim/v2/${okta.id}/Groups/${group.value}` }]);
  });

  const patch = (value: unknown) => ({ Operations: [{ op: 'replace', value }] });
  it.each([
    ['PATCH', patch({ active: false }), true],
    ['PATCH', patch({ active: 'False' }), true],
    ['PATCH', patch({ ACTIVE: false }), true],
    ['PATCH', patch({ active: true }), false],
    ['PATCH', manyOperations(20), true],
    ['PATCH', manyOperations(21), false],
    ['PUT', { ...alice(), active: false }, true],
    ['PUT', alice(), false],
    ['DELETE', undefined, true],
  ])('sends %s %j in the urgent lane: %s', async (method, body, urgent) => {
    const answer = await okta.scim(method, `/Users/${uuidv7()}`, body);
    expect(answer.statusCode).toBe(method === 'DELETE' ? 204 : 200);
    expect(gateway.transport.asked.at(-1)?.asking.urgent).toBe(urgent);
  });

  it('responds to a delete with 204, with or without content type', async () => {
    const answer = await okta.scim('DELETE', `/Users/${uuidv7()}`, undefined, { 'content-type': 'application/json' });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
  });

  it.each([
    'application/json',
    'application/scim+json',
    'application/json; charset=utf-8',
    'APPLICATION/SCIM+JSON;charset=UTF-8',
  ])('accepts bodies as %s, and a GET with that type without body', async (type) => {
    expect((await okta.scim('POST', '/Users', alice(), { 'content-type': type })).statusCode).toBe(201);
    expect((await okta.scim('GET', '/Users', undefined, { 'content-type': type })).statusCode).toBe(200);
  });

  it('returns refusals as SCIM errors', async () => {
    const rows = [
      [new Refusal('uniqueness', 'Taken.'), 409, 'uniqueness'],
      [new Refusal('notFound', 'None.'), 404, undefined],
      [new Refusal('invalidFilter', 'What?'), 400, 'invalidFilter'],
      [new Refusal('missing', 'None.'), 404, undefined],
      [new Refusal('internal', 'Bug.'), 500, undefined],
    ] as const;
    for (const [refusal, status, scimType] of rows) {
      gateway.transport.handlers['users.get'] = () => {
        throw refusal;
      };
      const answer = await okta.scim('GET', `/Users/${uuidv7()}`);
      expect([answer.statusCode, answer.json()]).toMatchObject([
        status,
        { status: String(status), detail: refusal.detail },
      ]);
      expect(answer.json().scimType).toBe(scimType);
    }
  });

  it('returns internal errors without details, and logs them', async () => {
    gateway.transport.handlers['users.get'] = () => {
      throw new Error('the secret inside');
    };
    const answer = await okta.scim('GET', `/Users/${uuidv7()}`, undefined, { 'x-request-id': 'the-fault' });
    expect([answer.statusCode, answer.json().status]).toEqual([500, '500']);
    expect(answer.body).not.toContain('secret');
    expect(
      gateway.log.some((line) => line.includes('the secret inside') && line.includes('"requestId":"the-fault"')),
    ).toBe(true);
  });

  it('has a service provider configuration', async () => {
    expect((await okta.scim('GET', '/ServiceProviderConfig')).json()).toMatchObject({ patch: { supported: true } });
    for (const path of ['/Schemas', '/ResourceTypes']) {
      const { Resources, totalResults } = (await okta.scim('GET', path)).json();
      expect(Resources).toHaveLength(totalResults);
      for (const { id } of Resources) expect((await okta.scim('GET', `${path}/${id}`)).json().id).toBe(id);
      expect((await okta.scim('GET', `${path}/nothing`)).statusCode).toBe(404);
    }
  });

  it('keeps personal data and tokens out of the log', async () => {
    gateway.log.length = 0;
    await okta.scim('GET', `/Users?filter=${encodeURIComponent('userName eq "alice.archer@example.com"')}`);
    await okta.scim('POST', '/Users', alice());
    const log = gateway.log.join('');
    expect(log).toContain('"route":"/scim/v2/:integrationId/Users"');
    for (const secret of ['alice', 'Archer', okta.token, alice().password]) expect(log).not.toContain(secret);
  });
});
