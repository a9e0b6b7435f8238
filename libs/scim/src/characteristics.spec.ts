import {
  applyPatch,
  parseExtensions,
  parsePatch,
  parseResource,
  project,
  renderResource,
  replaceResource,
  resourceTypes,
  type ScimAttributes,
  ScimError,
} from './index.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ROOM = 'urn:example:scim:1.0:Room';
const attributes = [
  { name: 'number', required: true, returned: 'always' },
  { name: 'code', returned: 'request' },
  { name: 'badge', mutability: 'immutable' },
  { name: 'floor', type: 'integer' },
  { name: 'height', type: 'decimal' },
  { name: 'since', type: 'dateTime' },
  { name: 'key', type: 'binary' },
  { name: 'plan', type: 'reference', referenceTypes: ['external'] },
  { name: 'tags', multiValued: true },
  { name: 'codes', multiValued: true, caseExact: true },
  { name: 'kind', canonicalValues: ['office', 'lab'] },
  {
    name: 'lease',
    type: 'complex',
    subAttributes: [
      { name: 'from', mutability: 'immutable' },
      { name: 'to', required: true },
      { name: 'secret', returned: 'request' },
      { name: 'holder', returned: 'always' },
    ],
  },
  {
    name: 'desks',
    type: 'complex',
    multiValued: true,
    subAttributes: [{ name: 'value', required: true }, { name: 'serial', mutability: 'immutable' }, { name: 'note' }],
  },
];
const extensions = parseExtensions({ User: [{ id: ROOM, attributes }] });
const { User } = resourceTypes({ dialect: 'strict', extensions });
const full = (room: object) => ({ userName: 'alice', [ROOM]: { number: '7', ...room } }) as ScimAttributes;
const read = (room: object) => parseResource(User, { schemas: [CORE, ROOM], userName: 'alice', [ROOM]: room });
const patch = (before: ScimAttributes, ...Operations: object[]) =>
  applyPatch(
    User,
    before,
    parsePatch({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }, 'strict'),
  );
const refusal = (act: () => unknown): string => {
  try {
    return `accepted: ${JSON.stringify(act())}`;
  } catch (error) {
    if (error instanceof ScimError) return `${error.code} ${error.detail}`;
    throw error;
  }
};

describe('types of values (RFC 7643 §2.3)', () => {
  test.each([
    ['since', '2026-02-28T23:59:59Z'],
    ['since', '2024-02-29T00:00:00.123456789+14:00'],
    ['since', '2026-01-01T24:00:00'],
    ['key', 'aGVsbG8='],
    ['key', 'aGVsbG8'],
    ['key', ''],
    ['plan', 'https://example.com/plan?a=b#c'],
    ['plan', 'urn:example:plan'],
    ['floor', -3],
    ['height', 2.5],
    ['kind', 'garage'],
  ])('%s can be %j, and is stored unchanged', (name, value) => {
    expect(read({ number: '7', [name]: value })).toEqual(full({ [name]: value }));
  });

  test.each([
    ...[
      '2026-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-10T00:00:00Z',
      '2026-01-01',
      'yesterday',
      'Jan 1 2026',
    ],
    ...[
      '2026-01-01T24:00:01Z',
      '2026-01-01T25:00:00Z',
      '2026-01-01 00:00:00Z',
      '2026-01-01T00:00Z',
      '0000-01-01T00:00:00Z',
    ],
  ])('%s is not a dateTime', (since) => {
    expect(refusal(() => read({ number: '7', since }))).toMatch(/^invalidValue "since"/);
  });

  test.each([
    ['key', 'a'],
    ['key', 'aGVsbG8=='],
    ['key', 'aGVs bG8='],
    ['key', 'aGVs-_8='],
    ['plan', 'plan.html'],
    ['plan', 'https://example.com/ä b'],
    ['plan', 'https://example.com/%zz'],
    ['floor', 2.5],
    ['floor', '3'],
    ['height', '2.5'],
    ['tags', [1]],
    ['tags', [['a']]],
    ['lease', []],
    ['desks', {}],
  ])('%s cannot be %j', (name, value) => {
    expect(refusal(() => read({ number: '7', [name]: value }))).toMatch(new RegExp(`^invalidValue "${name}"`));
  });
});

describe('required (RFC 7643 §2.2, RFC 7644 §3.5.2.2)', () => {
  test('a required attribute of an extension is required only when the resource uses the extension', () => {
    expect(read({})).toEqual({ userName: 'alice' });
    expect(refusal(() => read({ floor: 1 }))).toMatch(/^invalidValue "number" is required/);
    expect(refusal(() => patch({ userName: 'alice' }, { op: 'add', path: `${ROOM}:floor`, value: 1 }))).toMatch(
      /^invalidValue "number"/,
    );
  });

  test.each([
    { op: 'remove', path: `${ROOM}:number` },
    { op: 'replace', path: `${ROOM}:number`, value: null },
    { op: 'replace', value: { [ROOM]: { number: null } } },
    { op: 'remove', path: 'userName' },
    { op: 'replace', path: `${ROOM}:lease.to`, value: null },
    { op: 'remove', path: `${ROOM}:lease.to` },
    { op: 'replace', path: `${ROOM}:lease`, value: { to: null } },
    { op: 'remove', path: `${ROOM}:desks.value` },
    { op: 'remove', path: 'meta' },
    { op: 'remove', path: 'groups' },
  ])('cannot be removed: %j', (operation) => {
    const before = full({ lease: { to: 'b' }, desks: [{ value: 'd' }] });
    expect(refusal(() => patch(before, operation))).toMatch(/^mutability /);
  });

  test('is removed together with the whole extension', () => {
    expect(patch(full({ floor: 1 }), { op: 'remove', path: ROOM })).toEqual({ userName: 'alice' });
  });

  test('a required sub-attribute is required in every value', () => {
    expect(refusal(() => read({ number: '7', lease: { from: 'a' } }))).toMatch(/^invalidValue "lease.to" is required/);
    expect(refusal(() => read({ number: '7', desks: [{ note: 'x' }] }))).toMatch(/^invalidValue "desks.value"/);
  });
});

describe('immutable (RFC 7643 §2.2, RFC 7644 §3.5.1, §3.5.2)', () => {
  const stored = full({ badge: 'B', lease: { from: 'a', to: 'b' }, desks: [{ value: 'd', serial: 's' }] });

  test.each<[string, object, object]>([
    ['an omitted value is kept', { floor: 1 }, { floor: 1, badge: 'B', lease: { from: 'a' } }],
    [
      'an equal value is accepted',
      { badge: 'B', lease: { from: 'a', to: 'c' } },
      { badge: 'B', lease: { from: 'a', to: 'c' } },
    ],
    ['an omitted sub-attribute is kept', { lease: { to: 'c' } }, { badge: 'B', lease: { from: 'a', to: 'c' } }],
    [
      'an omitted sub-attribute of one of several values is kept',
      { desks: [{ value: 'D' }] },
      { desks: [{ value: 'D', serial: 's' }] },
    ],
    [
      'one of several values can be removed',
      { desks: [{ value: 'e', serial: 't' }] },
      { desks: [{ value: 'e', serial: 't' }] },
    ],
  ])('in a PUT: %s', (_name, body, expected) => {
    expect(replaceResource(User, stored, full(body))).toMatchObject({ userName: 'alice', [ROOM]: expected });
  });

  test('an omitted extension keeps its immutable values, and its required values with them', () => {
    const kept = replaceResource(User, full({ badge: 'B', floor: 1, lease: { from: 'a', to: 'b' } }), {
      userName: 'alice',
    });
    expect(kept).toEqual(full({ badge: 'B', lease: { from: 'a', to: 'b' } }));
    expect(parseResource(User, { schemas: [CORE], ...kept })).toEqual(kept);
    expect(replaceResource(User, full({ floor: 1 }), { userName: 'alice' })).toEqual({ userName: 'alice' });
  });

  test.each([
    { badge: 'C' },
    { badge: 'b' },
    { lease: { from: 'x', to: 'b' } },
    { desks: [{ value: 'd', serial: 't' }] },
  ])('in a PUT a different value is refused: %j', (body) =>
    expect(refusal(() => replaceResource(User, stored, full(body)))).toMatch(/^mutability /),
  );

  test.each([
    { op: 'replace', path: `${ROOM}:badge`, value: 'C' },
    { op: 'add', path: `${ROOM}:badge`, value: 'C' },
    { op: 'remove', path: `${ROOM}:badge` },
    { op: 'replace', path: `${ROOM}:lease.from`, value: 'x' },
    { op: 'remove', path: `${ROOM}:lease.from` },
    { op: 'remove', path: `${ROOM}:lease` },
    { op: 'remove', path: ROOM },
    { op: 'replace', path: `${ROOM}:desks[value eq "d"].serial`, value: 't' },
    { op: 'remove', path: `${ROOM}:desks[value eq "d"].serial` },
    { op: 'add', path: `${ROOM}:desks`, value: [{ value: 'd', serial: 't' }] },
    { op: 'replace', path: `${ROOM}:desks`, value: [{ value: 'd', serial: 't' }] },
    { op: 'replace', value: { [ROOM]: { badge: 'C' } } },
  ])('in a PATCH a different value is refused: %j', (operation) => {
    expect(refusal(() => patch(stored, operation))).toMatch(/^mutability /);
  });

  test.each<[object, object]>([
    [{ op: 'add', path: `${ROOM}:badge`, value: 'B' }, { badge: 'B' }],
    [{ op: 'replace', path: `${ROOM}:lease`, value: { from: 'a', to: 'b' } }, { lease: { from: 'a', to: 'b' } }],
    [{ op: 'add', path: `${ROOM}:desks[value eq "d"].serial`, value: 's' }, { desks: [{ value: 'd', serial: 's' }] }],
  ])('an unassigned attribute can be set: %j', (operation, expected) => {
    const before = full({ desks: [{ value: 'd' }] });
    expect(patch(before, operation)[ROOM]).toMatchObject(expected);
  });

  test('an equal value in a PATCH changes nothing', () => {
    expect(patch(stored, { op: 'replace', path: `${ROOM}:badge`, value: 'B' })).toBe(stored);
  });
});

describe('returned (RFC 7643 §2.2, RFC 7644 §3.9)', () => {
  const lease = { from: 'a', to: 'b', secret: 's', holder: 'h' };
  const shown = renderResource(User, {
    id: '1',
    attributes: {
      ...full({ code: 'c', floor: 1, lease }),
      password: 'p',
      'urn:example:gone:X': { y: 'z' },
      strange: 1,
    },
    location: 'https://tidegate.example',
    createdAt: '2026-01-01T00:00:00Z',
    lastModifiedAt: '2026-01-01T00:00:00Z',
    version: 1,
  });
  const schemas = [CORE, ROOM];
  const open = { from: 'a', to: 'b', holder: 'h' };

  test('attributes that are never returned or that no schema has are not shown', () => {
    expect(Object.keys(shown).sort()).toEqual(['id', 'meta', 'schemas', 'userName', ROOM].sort());
    expect(shown['schemas']).toEqual(schemas);
  });

  test.each<[object, object]>([
    [{}, { ...shown, [ROOM]: { number: '7', floor: 1, lease: open } }],
    [{ attributes: 'userName' }, { schemas, id: '1', userName: 'alice', [ROOM]: { number: '7' } }],
    [{ attributes: `${ROOM}:code` }, { schemas, id: '1', [ROOM]: { number: '7', code: 'c' } }],
    [{ attributes: ROOM.toUpperCase() }, { schemas, id: '1', [ROOM]: { number: '7', floor: 1, lease: open } }],
    [{ attributes: `${ROOM}:lease` }, { schemas, id: '1', [ROOM]: { number: '7', lease: open } }],
    [
      { attributes: `${ROOM}:LEASE.secret` },
      { schemas, id: '1', [ROOM]: { number: '7', lease: { secret: 's', holder: 'h' } } },
    ],
    [{ attributes: `${ROOM}:lease,${ROOM}:lease.secret` }, { schemas, id: '1', [ROOM]: { number: '7', lease } }],
    [{ excludedAttributes: `${ROOM},meta,userName,id,schemas` }, { schemas, id: '1', [ROOM]: { number: '7' } }],
    [
      { excludedAttributes: `meta,userName,${ROOM}:floor,${ROOM}:lease.holder,${ROOM}:lease.from` },
      { schemas, id: '1', [ROOM]: { number: '7', lease: { to: 'b', holder: 'h' } } },
    ],
    [{ attributes: 'password' }, { schemas, id: '1', [ROOM]: { number: '7' } }],
  ])('%j', (projection, expected) => {
    expect(project(User, shown, projection)).toEqual(expected);
  });
});

describe('duplicates (RFC 7643 §2.4), by the case rules of the schema', () => {
  test.each<[object, object]>([
    [{ tags: ['a', 'A', 'b'] }, { tags: ['A', 'b'] }],
    [{ codes: ['a', 'A', 'a'] }, { codes: ['a', 'A'] }],
    [{ desks: [{ value: 'd' }, { value: 'D', note: 'n' }] }, { desks: [{ value: 'D', note: 'n' }] }],
    [{ tags: [null, 'a'], codes: [] }, { tags: ['a'] }],
  ])('%j is stored as %j', (room, expected) => expect(read({ number: '7', ...room })).toEqual(full(expected)));

  test('an existing value is not added again', () => {
    const before = full({ tags: ['a'], desks: [{ value: 'd' }] });
    expect(patch(before, { op: 'add', path: `${ROOM}:desks`, value: [{ value: 'd' }] })).toBe(before);
    expect(patch(before, { op: 'add', path: `${ROOM}:tags`, value: ['a'] })).toBe(before);
    expect(patch(before, { op: 'add', path: `${ROOM}:tags`, value: ['A', 'b'] })[ROOM]).toMatchObject({
      tags: ['A', 'b'],
    });
  });
});

test('names are not case-sensitive, also in extensions and sub-attributes', () => {
  const body = { SCHEMAS: [CORE, ROOM], USERNAME: 'alice', [ROOM.toUpperCase()]: { NUMBER: '7', Lease: { TO: 'b' } } };
  expect(parseResource(User, body)).toEqual(full({ lease: { to: 'b' } }));
  const changed = patch(full({}), { op: 'add', path: `${ROOM.toUpperCase()}:LEASE.To`, value: 'b' });
  expect(changed).toEqual(full({ lease: { to: 'b' } }));
});

test('a password is validated and not stored', () => {
  const given = (password: unknown) => parseResource(User, { schemas: [CORE], userName: 'alice', password });
  expect(given('x')).toEqual({ userName: 'alice' });
  expect(refusal(() => given({ a: 1 }))).toMatch(/^invalidValue "password"/);
  expect(refusal(() => patch(full({}), { op: 'replace', path: 'password', value: ['x'] }))).toMatch(
    /^invalidValue "password"/,
  );
});
