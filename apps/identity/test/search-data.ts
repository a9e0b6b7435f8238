import { type GroupRecord, type UserRecord } from '@tidegate/contracts';
import {
  type Attribute,
  COMPARE_OPERATORS,
  type CompareOperator,
  DEFAULT_PROFILE,
  type Filter,
  type JsonValue,
  type Literal,
  renderResource,
  type ResourceType,
  resourceTypes,
  type ScimAttributes,
  type Schema,
  type ScimProfile,
} from '@tidegate/scim';
import fc from 'fast-check';
import { BASE_URL } from './harness.js';

const attribute = (name: string, type: Attribute['type'], more: Partial<Attribute> = {}): Attribute => ({
  name,
  type,
  multiValued: false,
  description: name,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
});

/** An extension with all types, single-valued and multi-valued, and with multi-valued sub-attributes. */
const extension = (of: string): Schema => ({
  id: `urn:example:params:scim:schemas:extension:ship's:2.0:${of}`,
  name: 'Ship',
  description: 'Every kind of attribute',
  attributes: [
    attribute('badge', 'string'),
    attribute('key', 'string', { caseExact: true }),
    attribute('deck', 'integer'),
    attribute('weight', 'decimal'),
    attribute('aboard', 'boolean'),
    attribute('since', 'dateTime'),
    attribute('ref', 'reference', { caseExact: true }),
    attribute('seal', 'binary'),
    attribute('nicknames', 'string', { multiValued: true }),
    attribute('ports', 'dateTime', { multiValued: true }),
    attribute('cabin', 'complex', {
      subAttributes: [attribute('value', 'string'), attribute('numbers', 'integer', { multiValued: true })],
    }),
    attribute('lockers', 'complex', {
      multiValued: true,
      subAttributes: [
        attribute('value', 'string', { caseExact: true }),
        attribute('size', 'decimal'),
        attribute('colours', 'string', { multiValued: true }),
        attribute('primary', 'boolean'),
      ],
    }),
  ],
});

export const PROFILE: ScimProfile = {
  ...DEFAULT_PROFILE,
  extensions: { User: [extension('User')], Group: [extension('Group')] },
};
export const TYPES = resourceTypes(PROFILE);

/** Texts with special cases for case folding, normalization, surrogates, patterns and quoting. */
const TEXTS = [
  ...['a', 'A', 'ab', 'Ba', 'é', 'e\u0301', 'É', 'ß', 'ẞ', 'SS', 'ı', 'İ', 'i', 'Σ', 'ς', 'σ', '\u{1F4A9}', '\uE000'],
  ...['\uFF21', '\uFB01', '', ' ', '%', '_', "'", '"', '\\', '{', '$1', 'work', 'Work', 'home', 'direct', 'null', '1'],
];
const NUMBERS = [0, 1, -1, 2, 10, 0.1, 1e21, 5e-324, 123456789012];
const TIMES = [
  ...['2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', '2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00.0004'],
  ...['1969-07-20T20:17:40Z', '2026-05-13T00:00:00.5-08:00', '2026-01-01T00:00:00'],
];

const text = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.array(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
);
const plain = ({ type }: Attribute): fc.Arbitrary<NonNullable<Literal>> => {
  switch (type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.constantFrom(...NUMBERS.filter(Number.isSafeInteger));
    case 'decimal':
      return fc.constantFrom(...NUMBERS);
    case 'dateTime':
      return fc.constantFrom(...TIMES);
    default:
      return text;
  }
};

/** A value as a client can send it; null for no value. */
function valueOf(one: Attribute): fc.Arbitrary<JsonValue> {
  const single: fc.Arbitrary<JsonValue> = one.type === 'complex' ? objectOf(one.subAttributes ?? [], 0.5) : plain(one);
  if (!one.multiValued) return single;
  return fc.array(single, { maxLength: 3 }).map((values) => onePrimary(values));
}

/** Keeps `primary: true` only in the first value that has it. */
function onePrimary(values: JsonValue[]): JsonValue[] {
  let seen = false;
  return values.map((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value['primary'] !== true) return value;
    const primary = !seen;
    seen = true;
    return { ...value, primary };
  });
}

function objectOf(attributes: readonly Attribute[], chance: number): fc.Arbitrary<ScimAttributes> {
  const writable = attributes.filter(({ mutability }) => mutability !== 'readOnly');
  return fc
    .record(
      Object.fromEntries(
        writable.map((one) => [
          one.name,
          fc.oneof(
            { arbitrary: fc.constant(null), weight: 100 - chance * 100 },
            { arbitrary: valueOf(one), weight: chance * 100 },
          ),
        ]),
      ),
    )
    .map((object) => Object.fromEntries<JsonValue>(Object.entries(object).filter(([, value]) => value !== null)));
}

/** Bodies of a resource type, without unique attributes and references to other resources. */
export function bodyOf({ schema, extensions }: ResourceType): fc.Arbitrary<ScimAttributes> {
  const core = schema.attributes.filter(({ name }) => name !== 'members');
  const sections = extensions.map(({ id, attributes }) =>
    objectOf(attributes, 0.6).map((section): [string, JsonValue] => [id, section]),
  );
  const externalId = fc.option(text, { nil: null });
  return fc
    .tuple(objectOf(core, 0.4), externalId, fc.tuple(...sections))
    .map(([body, given, parts]) => ({ ...body, externalId: given, ...Object.fromEntries(parts) }));
}

const COMMON_PATHS = ['id', 'externalId', 'schemas', 'meta', 'meta.created', 'meta.lastModified', 'meta.location'];

/** All attribute paths of a resource type with their attributes. */
export function pathsOf(type: ResourceType): { text: string; attribute: Attribute; parent?: Attribute }[] {
  const string = (name: string) => attribute(name, 'string', { caseExact: true });
  const common = [...COMMON_PATHS, 'meta.resourceType'].map((path) => ({
    text: path,
    attribute: /created|Modified/.test(path)
      ? attribute(path, 'dateTime')
      : path === 'meta'
        ? attribute(path, 'complex')
        : string(path),
  }));
  const of = (attributes: readonly Attribute[], prefix: string) =>
    attributes
      .filter(({ returned }) => returned !== 'never')
      .flatMap((one) => [
        { text: `${prefix}${one.name}`, attribute: one },
        ...(one.subAttributes ?? []).map((sub) => ({
          text: `${prefix}${one.name}.${sub.name}`,
          attribute: sub,
          parent: one,
        })),
      ]);
  return [
    ...common,
    ...of(type.schema.attributes, ''),
    ...of(type.schema.attributes.slice(0, 5), `${type.schema.id}:`),
    ...type.extensions.flatMap(({ id, attributes }) => of(attributes, `${id}:`)),
  ];
}

const operatorsFor = ({ type }: Attribute): readonly CompareOperator[] => {
  switch (type) {
    case 'boolean':
      return ['eq', 'ne'];
    case 'integer':
    case 'decimal':
      return COMPARE_OPERATORS.filter((operator) => !['co', 'sw', 'ew'].includes(operator));
    case 'binary':
      return ['eq', 'ne', 'co', 'sw', 'ew'];
    default:
      return COMPARE_OPERATORS;
  }
};

function leaf(path: { attribute: string; sub?: string; urn?: string }, one: Attribute, known: readonly string[]) {
  const value = one.subAttributes?.find(({ name }) => name === 'value');
  const compared = one.type === 'complex' && value ? value : one;
  const present = fc.constant<Filter>({ kind: 'present', path });
  if (compared.type === 'complex') return present;
  const literal: fc.Arbitrary<Literal> =
    compared.type === 'string' || compared.type === 'reference'
      ? fc.oneof(
          text,
          fc.constantFrom(...known),
          fc.constantFrom(...known).map((whole) => whole.slice(0, -2)),
        )
      : plain(compared);
  const comparison = fc.record<Filter & { kind: 'compare' }>({
    kind: fc.constant('compare'),
    path: fc.constant(path),
    operator: fc.constantFrom(...operatorsFor(compared)),
    value: literal,
  });
  const absence = fc.record<Filter & { kind: 'compare' }>({
    kind: fc.constant('compare'),
    path: fc.constant(path),
    operator: fc.constantFrom('eq', 'ne'),
    value: fc.constant(null),
  });
  return fc.oneof(
    { arbitrary: comparison, weight: 6 },
    { arbitrary: present, weight: 1 },
    { arbitrary: absence, weight: 1 },
  );
}

const joined = (of: fc.Arbitrary<Filter>): fc.Arbitrary<Filter>[] => [
  fc.record({
    kind: fc.constantFrom('and' as const, 'or' as const),
    operands: fc.array(of, { minLength: 2, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('not' as const), operand: of }),
];

function parts(path: string): { attribute: string; sub?: string; urn?: string } {
  const colon = path.lastIndexOf(':');
  const [name = '', sub] = path.slice(colon + 1).split('.');
  return {
    ...(colon < 0 ? {} : { urn: path.slice(0, colon) }),
    attribute: name,
    ...(sub === undefined ? {} : { sub }),
  };
}

/** Valid filters for a resource type. @param known texts that resources contain, such as ids and URLs */
export function filterOf(type: ResourceType, known: readonly string[]): fc.Arbitrary<Filter> {
  const paths = pathsOf(type);
  const leaves = paths.map((path) => leaf(parts(path.text), path.attribute, known));
  const brackets = paths
    .filter(({ attribute: one }) => one.subAttributes)
    .map(({ text: path, attribute: one }) => {
      const subs = (one.subAttributes ?? []).map((sub) => leaf({ attribute: sub.name }, sub, known));
      const { inner } = fc.letrec<{ inner: Filter }>((tie) => ({
        inner: fc.oneof({ maxDepth: 2 }, fc.oneof(...subs), ...joined(tie('inner'))),
      }));
      return fc.record<Filter & { kind: 'valuePath' }>({
        kind: fc.constant('valuePath'),
        path: fc.constant(parts(path)),
        filter: inner,
      });
    });
  const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof({ maxDepth: 2 }, fc.oneof(...leaves), fc.oneof(...brackets), ...joined(tie('filter'))),
  }));
  return filter;
}

/** The SCIM representation of a user. */
export const renderUser = (user: UserRecord): ScimAttributes =>
  renderResource(TYPES.User, {
    ...user,
    location: `${BASE_URL}/Users/${user.id}`,
    extra: {
      active: user.active,
      groups: user.groups.map((one) => ({ ...one, $ref: `${BASE_URL}/Groups/${one.value}` })),
    },
  });

/** The SCIM representation of a group with all its members. */
export const renderGroup = (group: GroupRecord): ScimAttributes =>
  renderResource(TYPES.Group, {
    ...group,
    location: `${BASE_URL}/Groups/${group.id}`,
    extra: {
      members: group.members.map(({ id, type, display }) => ({
        value: id,
        $ref: `${BASE_URL}/${type}s/${id}`,
        type,
        display,
      })),
    },
  });
