import fc from 'fast-check';
import {
  COMPARE_OPERATORS,
  type Filter,
  GROUP,
  matches,
  parseFilter,
  parsePath,
  printFilter,
  resolveAttribute,
  type ScimAttributes,
  USER,
} from '../index.js';
import { codeOf } from '../../test/refusals.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const alice: ScimAttributes = {
  id: 'A1',
  externalId: '00u1',
  userName: 'Alice@Example.com',
  title: 'Tour Guide',
  userType: 'Employee',
  active: true,
  name: { familyName: "O'Malley" },
  emails: [
    { value: 'alice@example.com', type: 'work', primary: true },
    { value: 'alice@home.org', type: 'home' },
  ],
  [ENTERPRISE]: { department: 'Tax', manager: { value: 'bob' } },
  meta: { resourceType: 'User', lastModified: '2026-05-13T04:42:34Z' },
};
const isMatch = (text: string): boolean => matches(USER, alice, parseFilter(text));

test.each<[boolean, string]>([
  [true, 'userName eq "alice@example.COM"'],
  [true, 'USERNAME Eq "alice@example.com"'],
  [true, 'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ALICE"'],
  [false, 'userName eq ""'],
  [true, 'id eq "A1"'],
  [false, 'id eq "a1"'],
  [true, 'externalId eq "00u1"'],
  [true, 'name.familyName co "O\'Malley"'],
  [true, 'title pr'],
  [false, 'nickName pr'],
  [true, 'nickName eq null'],
  [true, 'title ne null'],
  [true, 'nickName ne "x"'],
  [false, 'title ne "tour guide"'],
  [true, 'meta.lastModified gt "2011-05-13T04:42:34Z"'],
  [true, 'meta.lastModified ge "2026-05-13T06:42:34+02:00"'],
  [false, 'meta.lastModified lt "2011-05-13T04:42:34Z"'],
  [true, 'title pr and userType eq "Employee"'],
  [true, 'title eq "x" or userType eq "Employee"'],
  [true, 'userType eq "x" and title pr or active eq true'],
  [false, 'userType eq "x" and (title pr or active eq true)'],
  [true, 'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")'],
  [true, 'userType ne "Intern" and not (emails co "example.net")'],
  [true, 'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]'],
  [false, 'emails[type eq "home" and value co "@example.com"]'],
  [true, 'emails[type eq "work"].value eq "ALICE@example.com"'],
  [true, 'emails.type eq "home"'],
  [true, 'active eq "True"'],
  [true, 'emails[primary EQ "True"]'],
  [true, `${ENTERPRISE}:department eq "tax"`],
  [true, `${ENTERPRISE}:manager eq "bob"`],
  [false, `${ENTERPRISE}:manager.value eq "BOB"`],
  [true, 'userName eq "\\u0061lice@example.com"'],
  [true, 'emails pr'],
  [true, 'title gt "Tour"'],
  [false, 'externalId eq 12'],
])('%p: %s', (expected, text) => {
  expect(isMatch(text)).toBe(expected);
});

test.each([
  ...['shoeSize eq 1', '__proto__ pr', 'constructor.prototype pr', 'password pr', 'name eq "x"', 'active gt true'],
  ...['x509Certificates gt "a"', 'x509Certificates[value le "a"]', 'x509Certificates eq 1'],
  ...['active co "t"', 'emails[shoeSize eq 1]', 'meta.lastModified gt "soon"', 'title gt null', 'userName eq true'],
  ...['title pr or shoeSize pr', 'emails[type eq "x"].shoeSize eq 1'],
])('refused because it does not fit the schema: %s', (text) => {
  expect(codeOf(() => isMatch(text))).toBe('invalidFilter');
});

test.each([
  ...['', ' ', 'userName', 'userName eq', 'userName eq alice', 'userName xx "a"', 'userName eq "a', '(title pr'],
  ...['title pr)', 'title pr title pr', 'not title pr', 'and', 'title pr and', 'emails[type eq "x"', 'emails[]'],
  ...[
    'emails[emails[type pr]]',
    'userName eq "\\x"',
    'a.b.c pr',
    '1a pr',
    'userName eq 01',
    'userName eq 1e999',
    '"a" eq "b"',
  ],
  ...['userName eq "a" ; drop table users', 'name.x[type pr]', 'userName eq "a\nb"'],
])('refused with a position: %j', (text) => {
  expect(codeOf(() => parseFilter(text))).toBe('invalidFilter');
  expect(() => parseFilter(text)).toThrow(/position \d+/);
});

test.each<[string, unknown]>([
  ['members', { path: { attribute: 'members' } }],
  ['name.familyName', { path: { attribute: 'name', sub: 'familyName' } }],
  [`${ENTERPRISE}:manager.value`, { path: { urn: ENTERPRISE, attribute: 'manager', sub: 'value' } }],
  [
    'members[value eq "2819c223"].$ref',
    {
      path: { attribute: 'members', sub: '$ref' },
      filter: { kind: 'compare', path: { attribute: 'value' }, operator: 'eq', value: '2819c223' },
    },
  ],
])('the path %s', (text, expected) => {
  expect(parsePath(text)).toEqual(expected);
});

test.each(['', 'a b', 'a.b.c', 'a[b', 'a[b pr]c', 'a[b pr].c.d', 'a.b[c pr]', '[a pr]', 'a eq 1', 'not(a pr)'])(
  'invalid path: %j',
  (text) => {
    expect(codeOf(() => parsePath(text))).toBe('invalidPath');
  },
);

test('an attribute is resolved to its canonical name, in any case', () => {
  expect(resolveAttribute(USER, 'USERNAME')?.name).toBe('userName');
  expect(resolveAttribute(USER, 'Name.GIVENNAME')?.name).toBe('name.givenName');
  expect(resolveAttribute(USER, 'urn:ietf:params:scim:schemas:core:2.0:user:emails.value')?.name).toBe('emails.value');
  expect(resolveAttribute(USER, `${ENTERPRISE}:department`)?.name).toBe(`${ENTERPRISE}:department`);
  expect(resolveAttribute(GROUP, 'members.value')?.name).toBe('members.value');
  expect(resolveAttribute(GROUP, 'userName')).toBeUndefined();
});

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/);
const simplePath = name.map((attribute) => ({ attribute }));
const path = fc.oneof(
  simplePath,
  fc.record({ attribute: name, sub: fc.oneof(name, fc.constant('$ref')) }),
  fc.record({ urn: fc.constant(ENTERPRISE), attribute: name }),
);
const literal = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  fc.constantFrom('"', '\\', '\n', ')', '] and'),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)),
);
const { filter, inner } = fc.letrec<{ filter: Filter; inner: Filter; leaf: Filter }>((tie) => {
  const compound = (operand: fc.Arbitrary<Filter>): fc.Arbitrary<Filter>[] => [
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(operand, { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), operand }),
  ];
  const leaf = (paths: fc.Arbitrary<{ attribute: string }>): fc.Arbitrary<Filter> =>
    fc.oneof(
      fc.record({
        kind: fc.constant('compare' as const),
        path: paths,
        operator: fc.constantFrom(...COMPARE_OPERATORS),
        value: literal,
      }),
      fc.record({ kind: fc.constant('present' as const), path: paths }),
    );
  return {
    leaf: leaf(path),
    inner: fc.oneof({ maxDepth: 2 }, leaf(simplePath), ...compound(tie('inner'))),
    filter: fc.oneof(
      { maxDepth: 3 },
      leaf(path),
      ...compound(tie('filter')),
      fc.record({
        kind: fc.constant('valuePath' as const),
        path: fc.oneof(simplePath, fc.record({ urn: fc.constant(ENTERPRISE), attribute: name })),
        filter: tie('inner'),
      }),
    ),
  };
});

test('parsing a printed filter gives the same filter', () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.oneof(filter, inner), (original) => {
      const text = printFilter(original);
      fc.pre(new TextEncoder().encode(text).length <= 4096);
      expect(parseFilter(text)).toEqual(original);
      compared++;
    }),
    { numRuns: 2000 },
  );
  expect(compared).toBeGreaterThan(1000);
});
