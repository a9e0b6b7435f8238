import { DIALECTS } from '../dialects.js';
import { DEFAULT_PROFILE, resourceTypes } from '../schema/profile.js';
import { BULK_LIMITS } from '../bulk-limits.js';
import { BULK_REQUEST_URN, parseBulk } from './message.js';

const BASE = 'https://tide.example.com/scim/v2/018f0000-0000-7000-8000-000000000000';
const TYPES = resourceTypes(DEFAULT_PROFILE);
const STRICT = resourceTypes({ ...DEFAULT_PROFILE, dialect: 'strict' });
const alice = { userName: 'alice' };
const create = { method: 'POST', path: '/Users', bulkId: 'a', data: alice };

const parse = (body: unknown, types = TYPES) => parseBulk(body, types, BASE);
const whole = (more: object = {}) => ({ schemas: [BULK_REQUEST_URN], Operations: [create], ...more });
const only = (operation: object, types = TYPES) => parse(whole({ Operations: [operation] }), types).operations[0]!;
const refused = (code: string, detail?: string) =>
  expect.objectContaining({ code, ...(detail ? { detail: expect.stringContaining(detail) } : {}) });

describe('parseBulk', () => {
  it('reads an operation of each method (RFC 7644 §3.7)', () => {
    const { failOnErrors, operations } = parse(
      whole({
        failOnErrors: 1,
        Operations: [
          create,
          { method: 'PUT', path: '/Users/1', version: 'W/"3"', data: { ...alice, id: 'ignored', unknown: 1 } },
          { method: 'PATCH', path: '/Groups/2', data: { Operations: [{ op: 'Remove', path: 'members' }] } },
          { method: 'DELETE', path: '/Users/3', version: 'W/"1"' },
        ],
      }),
    );
    expect(failOnErrors).toBe(1);
    const patchOp = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    const user = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    expect(operations).toEqual([
      { method: 'POST', bulkId: 'a', address: { type: 'User' }, body: { schemas: user, ...alice } },
      { method: 'PUT', address: { type: 'User', id: '1' }, version: 'W/"3"', body: { schemas: user, ...alice } },
      {
        method: 'PATCH',
        address: { type: 'Group', id: '2' },
        body: { schemas: patchOp, Operations: [{ op: 'remove', path: 'members' }] },
      },
      { method: 'DELETE', address: { type: 'User', id: '3' }, version: 'W/"1"' },
    ]);
  });

  it('reads names in any case', () => {
    const operation = { METHOD: 'POST', Path: '/Users', BulkID: 'a', DATA: { USERNAME: 'alice' } };
    const { operations, failOnErrors } = parse({
      SCHEMAS: [BULK_REQUEST_URN],
      FailOnErrors: 2,
      operations: [operation],
    });
    expect(failOnErrors).toBe(2);
    expect(operations[0]).toMatchObject({ bulkId: 'a', body: alice });
  });

  it.each([undefined, null])('does not limit errors when failOnErrors is %s', (failOnErrors) => {
    expect(parse(whole({ failOnErrors })).failOnErrors).toBe(Infinity);
  });

  it.each<[string, unknown]>([
    ['an array', [create]],
    ['no Operations', { schemas: [BULK_REQUEST_URN] }],
    ['empty Operations', whole({ Operations: [] })],
    ['Operations that are not an array', whole({ Operations: create })],
    ['an operation that is not an object', whole({ Operations: [create, 'DELETE'] })],
    ['other schemas', whole({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] })],
    ['schemas that are not an array', whole({ schemas: BULK_REQUEST_URN })],
    ['a duplicate name', whole({ operations: [create] })],
    ...[0, -1, 1.5, '1', true, {}].map((n): [string, unknown] => [
      `failOnErrors ${JSON.stringify(n)}`,
      whole({ failOnErrors: n }),
    ]),
  ])('refuses the whole message for %s', (_, body) => {
    expect(() => parse(body)).toThrow(refused('invalidSyntax'));
  });

  it('requires schemas only in the strict dialect', () => {
    const body = { Operations: [create] };
    expect(parse(body).operations).toHaveLength(1);
    expect(() => parse(body, STRICT)).toThrow(refused('invalidSyntax', 'schemas'));
  });

  it('names the limit when a request has too many operations (RFC 7644 §3.7.4)', () => {
    const many = (length: number) =>
      whole({ Operations: Array<object>(length).fill({ method: 'DELETE', path: '/Users/1' }) });
    expect(parse(many(BULK_LIMITS.maxOperations)).operations).toHaveLength(1000);
    expect(() => parse(many(BULK_LIMITS.maxOperations + 1))).toThrow(refused('tooLarge', 'maxOperations (1000)'));
  });

  it.each<[string, object, string]>([
    ['no method', { method: undefined }, 'invalidSyntax'],
    ['the method GET', { method: 'GET', path: '/Users/1' }, 'invalidSyntax'],
    ['a method that is not a string', { method: 1 }, 'invalidSyntax'],
    ['no path', { path: undefined }, 'invalidSyntax'],
    ['no bulkId', { bulkId: undefined }, 'invalidSyntax'],
    ['an empty bulkId', { bulkId: '' }, 'invalidSyntax'],
    ['a long bulkId', { bulkId: 'x'.repeat(257) }, 'invalidSyntax'],
    ['no data', { data: undefined }, 'invalidSyntax'],
    ['data that is not an object', { data: [alice] }, 'invalidSyntax'],
    ['data without a required attribute', { data: { displayName: 'Alice' } }, 'invalidValue'],
    ['data with a duplicate attribute', { data: { active: false, ACTIVE: true, ...alice } }, 'invalidValue'],
    ['a duplicate member', { Path: '/Users' }, 'invalidSyntax'],
    ['data that is nested too deep', { data: JSON.parse('['.repeat(30) + ']'.repeat(30)) as unknown }, 'invalidSyntax'],
    ['a PATCH without operations', { method: 'PATCH', path: '/Users/1', data: {} }, 'invalidSyntax'],
    [
      'a PATCH with a malformed path',
      { method: 'PATCH', path: '/Users/1', data: { Operations: [{ op: 'add', path: '[', value: 1 }] } },
      'invalidPath',
    ],
  ])('refuses only the operation with %s', (_, change, code) => {
    const { operations } = parse(
      whole({
        Operations: [
          { ...create, ...change },
          { ...create, bulkId: 'b' },
        ],
      }),
    );
    expect(operations[0]!.refusal).toEqual(refused(code));
    expect(operations[1]!.refusal).toBeUndefined();
  });

  it('refuses both of two creates with one bulkId', () => {
    const other = { method: 'DELETE', path: '/Users/1', bulkId: 'a' };
    const { operations } = parse(whole({ Operations: [create, create, other, { ...create, bulkId: 'b' }] }));
    expect(operations.map(({ refusal }) => refusal?.code)).toEqual([
      'invalidSyntax',
      'invalidSyntax',
      undefined,
      undefined,
    ]);
  });

  it.each(DIALECTS)('accepts methods in any case unless the dialect is strict: %s', (dialect) => {
    const { refusal } = only({ method: 'delete', path: '/Users/1' }, resourceTypes({ ...DEFAULT_PROFILE, dialect }));
    expect(refusal?.code).toBe(dialect === 'strict' ? 'invalidSyntax' : undefined);
  });

  it.each([
    ['/Users/1', '1'],
    ['Users/1', '1'],
    [`${BASE}/Users/1`, '1'],
    ['/Users/bulkId:qwerty', 'bulkId:qwerty'],
    ['/Users/bulkId%3Aqwerty', 'bulkId:qwerty'],
  ])('reads the path %s', (path, id) => {
    expect(only({ method: 'DELETE', path })).toMatchObject({ address: { type: 'User', id } });
  });

  it.each([
    ['POST', '/Bulk', 'invalidSyntax'],
    ['POST', `${BASE}/Bulk`, 'invalidSyntax'],
    ['PATCH', '/Me', 'notImplemented'],
    ['POST', '/.search', 'invalidSyntax'],
    ['POST', '/Users/.search', 'invalidSyntax'],
    ['PUT', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User', 'methodNotAllowed'],
    ['PUT', '/ServiceProviderConfig', 'methodNotAllowed'],
    ['DELETE', '/ResourceTypes/User', 'methodNotAllowed'],
    ['POST', '/Users/1', 'invalidSyntax'],
    ['PUT', '/Users', 'invalidSyntax'],
    ['DELETE', '/Users/', 'invalidSyntax'],
    ['DELETE', '/Users/1?force=true', 'invalidSyntax'],
    ['DELETE', '/Users/%E0%A4%A', 'invalidSyntax'],
    ['DELETE', '/Users/\ud800', 'notFound'],
    ['DELETE', `/Users/${'1'.repeat(1025)}`, 'notFound'],
    ['DELETE', '/Users/1/emails', 'notFound'],
    ['DELETE', '/Devices/1', 'notFound'],
    ['DELETE', '/__proto__/1', 'notFound'],
    ['DELETE', '/constructor', 'notFound'],
    ['DELETE', '//Users/1', 'notFound'],
    ['DELETE', 'https://elsewhere.example.com/scim/v2/Users/1', 'notFound'],
    ['DELETE', `${BASE}x/Users/1`, 'notFound'],
  ])('refuses %s %s', (method, path, code) => {
    expect(only({ method, path, bulkId: 'a', data: alice }).refusal).toEqual(refused(code));
  });
});
