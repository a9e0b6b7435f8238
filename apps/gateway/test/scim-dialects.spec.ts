import { type Dialect, DIALECTS, parseExtensions, type ScimProfile, tolerates } from '@tidegate/scim';
import pg from 'pg';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  userRecord,
} from './harness.js';

const ROOM = 'urn:example:scim:1.0:Room';
const extensions = parseExtensions({
  User: [{ id: ROOM, attributes: [{ name: 'number' }, { name: 'code', returned: 'request' }] }],
});

describe('dialects of integrations', () => {
  let gateway: TestGateway;
  let owner: pg.Client;
  beforeAll(async () => {
    gateway = await openGateway();
    owner = new pg.Client({ connectionString: gateway.databaseUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner?.end();
    await gateway.close();
  });
  beforeEach(() => {
    gateway.transport.handlers = {};
  });

  async function integrationOf(dialect: Dialect, own?: ScimProfile['extensions']): Promise<TestIntegration> {
    const integration = await newIntegration(gateway);
    const changes = [integration.id, dialect, JSON.stringify(own ?? { User: [], Group: [] })];
    await owner.query('UPDATE gateway.integrations SET dialect = $2, extensions = $3 WHERE id = $1', changes);
    return integration;
  }

  it.each(DIALECTS)('/Schemas shows whether group names are unique, in %s', async (dialect) => {
    const { scim } = await integrationOf(dialect);
    const schema = (await scim('GET', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group')).json<{
      attributes: { name: string; uniqueness: string }[];
    }>();
    const { uniqueness } = schema.attributes.find(({ name }) => name === 'displayName')!;
    expect(uniqueness).toBe(tolerates(dialect, 'groupNamesUnique') ? 'server' : 'none');
  });

  it.each(DIALECTS)('bareToken: a token without scheme, in %s', async (dialect) => {
    const { id, token } = await integrationOf(dialect);
    gateway.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
    const status = async (authorization: string) =>
      (await gateway.request('GET', `/scim/v2/${id}/Users`, { headers: { authorization } })).statusCode;
    expect(await status(`Bearer ${token}`)).toBe(200);
    expect(await status(token)).toBe(tolerates(dialect, 'bareToken') ? 200 : 401);
    expect(await status(` bearer  ${token}`)).toBe(200);
  });

  it.each(DIALECTS)('bothProjections: attributes with excludedAttributes, in %s', async (dialect) => {
    const integration = await integrationOf(dialect);
    const user = userRecord();
    gateway.transport.handlers['users.get'] = () => user;
    const answer = await integration.scim('GET', `/Users/${user.id}?attributes=userName&excludedAttributes=id`);
    const taken = tolerates(dialect, 'bothProjections');
    expect(answer.statusCode).toBe(taken ? 200 : 400);
    expect(answer.json()).toMatchObject(
      taken ? { userName: user.attributes['userName'] } : { scimType: 'invalidValue' },
    );
  });

  it.each(DIALECTS)('groupPatchWithoutBody: the response to a PATCH of a group, in %s', async (dialect) => {
    const integration = await integrationOf(dialect);
    const group = groupRecord();
    gateway.transport.handlers['groups.patch'] = () => group;
    const answer = await integration.scim('PATCH', `/Groups/${group.id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'displayName', value: 'Database admins' }],
    });
    const silent = tolerates(dialect, 'groupPatchWithoutBody');
    expect([answer.statusCode, answer.body === '']).toEqual(silent ? [204, true] : [200, false]);
  });

  it('strict: refuses deviating bodies without sending a command', async () => {
    const integration = await integrationOf('strict');
    const asked = gateway.transport.asked.length;
    const typeOf = async (method: string, path: string, body: object) =>
      (await integration.scim(method, path, body)).json<{ scimType: string }>().scimType;
    const { id } = userRecord();
    expect(await typeOf('POST', '/Users', { userName: 'alice' })).toBe('invalidSyntax');
    expect(await typeOf('PATCH', `/Users/${id}`, { Operations: [{ op: 'remove', path: 'title' }] })).toBe(
      'invalidSyntax',
    );
    expect(await typeOf('PATCH', `/Groups/${id}`, { Operations: [{ op: 'remove', path: 'members' }] })).toBe(
      'invalidSyntax',
    );
    expect(await typeOf('POST', '/Users/.search', { count: 1 })).toBe('invalidSyntax');
    expect(gateway.transport.asked).toHaveLength(asked);
  });

  it('applies schema extensions in discovery, bodies, responses and projections', async () => {
    const integration = await integrationOf('okta', extensions);
    const user = userRecord({ attributes: { userName: 'alice', [ROOM]: { number: '7', code: 'x' } } });
    gateway.transport.handlers['users.create'] = () => user;
    gateway.transport.handlers['users.get'] = () => user;
    expect((await integration.scim('GET', `/Schemas/${ROOM}`)).json()).toMatchObject({ id: ROOM });
    expect((await integration.scim('GET', '/ResourceTypes/User')).json().schemaExtensions).toContainEqual({
      schema: ROOM,
      required: false,
    });
    const made = await integration.scim('POST', '/Users', {
      userName: 'alice',
      [ROOM.toLowerCase()]: { NUMBER: '7', other: 1 },
    });
    expect(gateway.transport.asked.at(-1)?.data).toEqual({
      attributes: { userName: 'alice', [ROOM]: { number: '7' } },
    });
    expect(made.json()).toMatchObject({ [ROOM]: { number: '7' } });
    expect(made.json()[ROOM]).not.toHaveProperty('code');
    expect(made.json().schemas).toContain(ROOM);
    const asked = await integration.scim('GET', `/Users/${user.id}?attributes=${ROOM}:code`);
    expect(asked.json()).toEqual({ schemas: made.json().schemas, id: user.id, [ROOM]: { code: 'x' } });
    const other = await newIntegration(gateway);
    expect((await other.scim('GET', `/Schemas/${ROOM}`)).statusCode).toBe(404);
  });
});
