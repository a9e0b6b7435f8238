import fc from 'fast-check';
import { parseExtensions, resourceTypes, ruleAttributes, schemasList, ScimError } from '../index.js';
import { prototypes, unlessRefused } from '../../test/refusals.js';
import { ENTERPRISE_USER_SCHEMA } from './enterprise-user.js';

const ID = 'urn:example:scim:1.0:User';
const schema = (changes: object = {}) => ({ id: ID, attributes: [{ name: 'badge' }], ...changes });
const withAttribute = (attribute: object) => ({ User: [schema({ attributes: [{ name: 'badge' }, attribute] })] });
const withSub = (...subAttributes: unknown[]) => withAttribute({ name: 'desk', type: 'complex', subAttributes });
const refusal = (given: unknown): string => {
  try {
    parseExtensions(given);
  } catch (error) {
    if (error instanceof ScimError && error.code === 'invalidValue') return error.detail;
    throw error;
  }
  throw new Error('no ScimError was thrown');
};

test.each([undefined, null, {}, { User: [] }, { User: null, Group: [] }])('%j extends nothing', (given) => {
  expect(parseExtensions(given)).toEqual({ User: [], Group: [] });
});

test('missing characteristics get the defaults of RFC 7643', () => {
  const simple = {
    type: 'string',
    multiValued: false,
    description: '',
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
  };
  const desk = {
    name: 'desk',
    TYPE: 'complex',
    MULTIVALUED: true,
    subAttributes: [{ name: '$ref', type: 'reference' }],
  };
  expect(parseExtensions({ User: [schema({ attributes: [{ name: 'badge' }, desk] })] }).User).toEqual([
    {
      id: ID,
      name: 'User',
      description: '',
      attributes: [
        { ...simple, name: 'badge' },
        {
          ...simple,
          name: 'desk',
          type: 'complex',
          multiValued: true,
          subAttributes: [{ ...simple, name: '$ref', type: 'reference' }],
        },
      ],
    },
  ]);
});

test("URNs with Microsoft's prefix for custom extensions are allowed", () => {
  const id = 'urn:ietf:params:scim:schemas:extension:Acme:2.0:User';
  expect(parseExtensions({ User: [schema({ id })] }).User[0]?.id).toBe(id);
});

test('attributes of users can be marked for access rules; /Schemas does not contain the mark', () => {
  const attributes = [
    { name: 'badge', usableInRules: true },
    { name: 'level', type: 'integer', usableInRules: false },
  ];
  const extensions = parseExtensions({ User: [schema({ attributes })] });
  expect(extensions.User[0]?.attributes.map(({ usableInRules }) => usableInRules)).toEqual([true, undefined]);
  expect(ruleAttributes(extensions)).toEqual([`${ID}:badge`]);
  expect(parseExtensions(extensions)).toEqual(extensions);
  const types = resourceTypes({ dialect: 'okta', extensions });
  expect(JSON.stringify(schemasList(types, 'https://tidegate.example.com'))).not.toContain('usableInRules');
});

test('User and Group can have an extension with the same id', () => {
  expect(parseExtensions({ User: [schema()], Group: [schema()] }).Group).toHaveLength(1);
});

test.each<[string, unknown]>([
  ['extensions', []],
  ['extensions', { Device: [] }],
  ['extensions', JSON.parse('{"__proto__": []}')],
  ['User', { User: {} }],
  ['User', { User: Array.from({ length: 11 }, (_, i) => schema({ id: `${ID}${i}` })) }],
  ['User[0]', { User: ['x'] }],
  ['User[0].id', { User: [{}] }],
  ['User[0].id', { User: [schema({ id: 'https://example.com/schema' })] }],
  ['User[0].id', { User: [schema({ id: 'urn:example:scim:1.0' })] }],
  ['User[0].id', { User: [schema({ id: 'urn:example:a b:User' })] }],
  ['User[0].id', { User: [schema({ id: 'urn:example:a[b]:User' })] }],
  ['User[0].id', { User: [schema({ id: `urn:example:${'x'.repeat(300)}` })] }],
  ['User[0].id', { User: [schema({ id: 'urn:IETF:params:scim:schemas:core:2.0:Device' })] }],
  ['User[0].id', { User: [schema({ id: ENTERPRISE_USER_SCHEMA.id.toUpperCase() })] }],
  ['User[1].id', { User: [schema(), schema({ id: ID.toUpperCase() })] }],
  ['User[1].id', { User: [schema(), schema({ id: `${ID}:Badge` })] }],
  ['User[1].id', { User: [schema({ id: `${ID}:Badge` }), schema()] }],
  ['User[0].name', { User: [schema({ name: 'x'.repeat(101) })] }],
  ['User[0].description', { User: [schema({ description: 'a\0b' })] }],
  ['User[0].attributes', { User: [schema({ attributes: [] })] }],
  ...(
    [
      { name: 'a', usableInRules: 'yes' },
      { name: 'a', usableInRules: true, multiValued: true },
      { name: 'a', usableInRules: true, type: 'dateTime' },
      { name: 'a', usableInRules: true, type: 'complex', subAttributes: [{ name: 'b' }] },
    ] as const
  ).map((attribute): [string, unknown] => [
    'User[0].attributes[0].usableInRules',
    { User: [schema({ attributes: [attribute] })] },
  ]),
  [
    'User[0].attributes[0].subAttributes[0].usableInRules',
    {
      User: [
        schema({ attributes: [{ name: 'a', type: 'complex', subAttributes: [{ name: 'b', usableInRules: true }] }] }),
      ],
    },
  ],
  ['Group', { Group: [schema({ attributes: [{ name: 'a', usableInRules: true }] })] }],
  [
    'User',
    { User: [schema({ attributes: Array.from({ length: 51 }, (_, i) => ({ name: `a${i}`, usableInRules: true })) })] },
  ],
  ['User[0].attributes', { User: [schema({ attributes: 'x' })] }],
  [
    'User[0].attributes',
    { User: [schema({ attributes: Array.from({ length: 101 }, (_, i) => ({ name: `a${i}` })) })] },
  ],
  ['Group[0].attributes[0].name', { Group: [schema({ attributes: [{}] })] }],
  ['User[0].attributes[1].name', withAttribute({ name: 'BADGE' })],
  ...['__proto__', 'constructor', 'Prototype', '1st', 'a.b', 'a b', '', '$ref', 'x'.repeat(101)].map(
    (name): [string, unknown] => ['User[0].attributes[1].name', withAttribute({ name })],
  ),
  ['User[0].attributes[1].type', withAttribute({ name: 'a', type: 'text' })],
  ['User[0].attributes[1].multiValued', withAttribute({ name: 'a', multiValued: 'true' })],
  ['User[0].attributes[1].mutability', withAttribute({ name: 'a', mutability: 'readOnly' })],
  ['User[0].attributes[1].mutability', withAttribute({ name: 'a', mutability: 'writeOnly' })],
  ['User[0].attributes[1].returned', withAttribute({ name: 'a', returned: 'never' })],
  ['User[0].attributes[1].uniqueness', withAttribute({ name: 'a', uniqueness: 'server' })],
  ['User[0].attributes[1].canonicalValues[1]', withAttribute({ name: 'a', canonicalValues: ['x', 1] })],
  ['User[0].attributes[1].referenceTypes', withAttribute({ name: 'a', referenceTypes: ['User'] })],
  ['User[0].attributes[1].subAttributes', withAttribute({ name: 'a', subAttributes: [{ name: 'b' }] })],
  ['User[0].attributes[1].subAttributes', withAttribute({ name: 'a', type: 'complex' })],
  ['User[0].attributes[1].subAttributes', withSub(...Array.from({ length: 51 }, (_, i) => ({ name: `a${i}` })))],
  ['User[0].attributes[1].subAttributes[0].type', withSub({ name: 'a', type: 'complex' })],
  ['User[0].attributes[1].subAttributes[1].name', withSub({ name: 'a' }, { name: 'A' })],
  ['User[0].attributes[1].subAttributes[0].name', withSub({ name: '__proto__' })],
  [
    'extensions',
    {
      User: [
        schema({ attributes: Array.from({ length: 90 }, (_, i) => ({ name: `a${i}`, description: 'x'.repeat(900) })) }),
      ],
    },
  ],
])('the error names %s', (place, given) => {
  expect(refusal(given)).toMatch(new RegExp(`^"${place.replaceAll(/[[\]]/g, '\\$&')}" `));
});

const member = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const name = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[a-z][a-zA-Z0-9_-]{0,8}$/) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', '$ref', 'valueOf', 'a b') },
);
const simple = (type: fc.Arbitrary<string>) => ({
  name,
  type: member(type),
  multiValued: member(fc.boolean()),
  required: member(fc.boolean()),
  caseExact: member(fc.boolean()),
  mutability: member(fc.constantFrom('readWrite', 'immutable')),
  returned: member(fc.constantFrom('default', 'always', 'request')),
  canonicalValues: member(fc.array(fc.string(), { maxLength: 3 })),
});
const leaf = fc.record(simple(fc.constantFrom('string', 'boolean', 'integer', 'dateTime', 'binary')));
const tree = fc.record({ ...simple(fc.constant('complex')), subAttributes: fc.array(leaf, { maxLength: 4 }) });
const extension = fc.record({
  id: fc.stringMatching(/^urn:[a-z]{2,5}:[a-z0-9.]{1,4}:[A-Za-z]{1,4}$/),
  name: member(fc.string()),
  description: member(fc.string()),
  attributes: fc.array(fc.oneof(leaf, tree), { maxLength: 5 }),
});
const extensions = fc.record({
  User: fc.array(extension, { maxLength: 3 }),
  Group: fc.array(extension, { maxLength: 2 }),
});

test('reading the result again gives the same result, and prototypes do not change', () => {
  const before = prototypes();
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(extensions, fc.jsonValue()), (given) => {
      const parsed = unlessRefused(() => parseExtensions(JSON.parse(JSON.stringify(given))));
      if (!parsed) return;
      read++;
      expect(parseExtensions(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
    }),
    { numRuns: 2000, seed: 7643 },
  );
  expect(read).toBeGreaterThan(100);
  expect(prototypes()).toEqual(before);
});
