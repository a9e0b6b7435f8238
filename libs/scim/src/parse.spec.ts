import { GROUP, parseResource, ScimError, USER } from './index.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const user = (body: Record<string, unknown>) => parseResource(USER, { userName: 'alice', ...body });
const refusal = (act: () => unknown): { code: string; detail: string } => {
  try {
    act();
  } catch (error) {
    if (error instanceof ScimError) return { code: error.code, detail: error.detail };
  }
  throw new Error('no ScimError was thrown');
};

test("the body of Okta's create is stored as sent, without password and groups", () => {
  const parsed = parseResource(USER, {
    schemas: [CORE],
    userName: 'Test.User@okta.local',
    name: { givenName: 'Test', familyName: 'User' },
    emails: [{ primary: true, value: 'test.user@okta.local', type: 'work' }],
    displayName: 'Test User',
    locale: 'en-US',
    externalId: '00ujl29u0le5T6Aj10h7',
    groups: [],
    password: '1mz050nq',
    active: true,
  });
  expect(parsed).toEqual({
    userName: 'Test.User@okta.local',
    name: { givenName: 'Test', familyName: 'User' },
    emails: [{ primary: true, value: 'test.user@okta.local', type: 'work' }],
    displayName: 'Test User',
    locale: 'en-US',
    externalId: '00ujl29u0le5T6Aj10h7',
    active: true,
  });
});

test('the response of a GET is a valid PUT: id, meta, groups and schemas are ignored', () => {
  const echoed = { schemas: [CORE], id: '1', meta: { version: 'W/"1"' }, groups: [{ value: 'g' }] };
  expect(user(echoed)).toEqual({ userName: 'alice' });
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  [
    'names in any case',
    { NICKNAME: 'al', Name: { GIVENNAME: 'Alice' } },
    { nickName: 'al', name: { givenName: 'Alice' } },
  ],
  ['unknown attributes', { favouriteColour: 'red', name: { shoeSize: 1 } }, {}],
  ['null and [] as unassigned', { title: null, emails: [], name: null, nickName: [], [ENTERPRISE]: null }, {}],
  [
    'core attributes under the core URN',
    { [CORE]: { title: 'Boss', externalId: 'x' } },
    { title: 'Boss', externalId: 'x' },
  ],
  [
    'numbers for strings',
    { externalId: 42, addresses: [{ postalCode: 91608 }] },
    { externalId: '42', addresses: [{ postalCode: '91608' }] },
  ],
  [
    'numbers in the extension',
    { [ENTERPRISE]: { employeeNumber: 7, costCenter: 1.5 } },
    { [ENTERPRISE]: { employeeNumber: '7', costCenter: '1.5' } },
  ],
  [
    'the extension under its URN in any case',
    { [ENTERPRISE.toUpperCase()]: { Department: 'x' } },
    { [ENTERPRISE]: { department: 'x' } },
  ],
  ['the manager as a string', { [ENTERPRISE]: { manager: 'bob' } }, { [ENTERPRISE]: { manager: { value: 'bob' } } }],
  [
    '"true" for true',
    { active: 'True', emails: [{ value: 'a', primary: 'true' }] },
    { active: true, emails: [{ value: 'a', primary: true }] },
  ],
  ['"false" for false', { active: 'false' }, { active: false }],
  ['a body without active, which stays absent', {}, {}],
  [
    'a single value for a multi-valued attribute',
    { emails: { value: 'a@example.com' } },
    { emails: [{ value: 'a@example.com' }] },
  ],
  [
    'the same (type, value) twice',
    { emails: [{ value: 'a', type: 'work' }, { value: 'a', type: 'WORK' }, { value: 'a' }] },
    { emails: [{ value: 'a', type: 'WORK' }, { value: 'a' }] },
  ],
  [
    'two addresses without type',
    { addresses: [{ country: 'DE' }, { country: 'FR' }] },
    { addresses: [{ country: 'DE' }, { country: 'FR' }] },
  ],
])('accepts %s', (_name, body, expected) => {
  expect(user(body)).toEqual({ userName: 'alice', ...expected });
});

test.each<[string, Record<string, unknown>]>([
  ['userName', { userName: undefined }],
  ['userName', { userName: '  ' }],
  ['userName', { userName: null }],
  ['userName', { userName: true }],
  ['title', { title: { a: 1 } }],
  ['active', { active: 'yes' }],
  ['active', { active: 1 }],
  ['name', { name: 'Alice' }],
  ['name.givenName', { name: { givenName: ['x'] } }],
  [
    'emails',
    {
      emails: [
        { value: 'a', primary: true },
        { value: 'b', primary: true },
      ],
    },
  ],
  ['emails.value', { emails: [{ value: {} }] }],
  ['active', { active: true, ACTIVE: false }],
  ['name.givenName', { name: { givenName: 'a', GivenName: 'b' } }],
  [ENTERPRISE, { [ENTERPRISE]: 'x' }],
])('names %s when its value is invalid: %j', (attribute, body) => {
  const { code, detail } = refusal(() => user(body));
  expect(code).toBe('invalidValue');
  expect(detail).toContain(`"${attribute}"`);
});

test.each([null, [], 'x', 1, undefined])('a body that is not an object is invalidSyntax: %j', (body) => {
  expect(refusal(() => parseResource(USER, body)).code).toBe('invalidSyntax');
});

test('schemas must be strings, and can be missing or unknown', () => {
  expect(refusal(() => user({ schemas: 'x' })).code).toBe('invalidSyntax');
  expect(refusal(() => user({ schemas: [1] })).code).toBe('invalidSyntax');
  expect(user({ schemas: ['http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'] })).toEqual({
    userName: 'alice',
  });
});

test('members of a group are stored by id, without display and duplicates', () => {
  const members = [
    { value: 'a', display: 'alice' },
    { value: 'b', type: 'User' },
    { value: 'a', $ref: null },
  ];
  expect(parseResource(GROUP, { displayName: 'admins', externalId: 'g', members })).toEqual({
    displayName: 'admins',
    externalId: 'g',
    members: [{ value: 'a' }, { value: 'b', type: 'User' }],
  });
});

test('a group must have a name, and a member an id', () => {
  expect(refusal(() => parseResource(GROUP, { members: [] })).detail).toContain('displayName');
  expect(refusal(() => parseResource(GROUP, { displayName: 'g', members: [{ display: 'x' }] })).detail).toContain(
    'members.value',
  );
});

test('a group of 100,000 members is accepted, one of 100,001 is refused', () => {
  const members = Array.from({ length: 100_001 }, (_, i) => ({ value: `user-${i}` }));
  expect(parseResource(GROUP, { displayName: 'all', members: members.slice(1) })['members']).toHaveLength(100_000);
  expect(refusal(() => parseResource(GROUP, { displayName: 'all', members })).code).toBe('invalidValue');
});
