import fc from 'fast-check';
import {
  applyPatch,
  DIALECTS,
  parseExtensions,
  parsePatch,
  parseResource,
  type PatchOperation,
  project,
  readFilter,
  renderResource,
  resourceTypes,
  type ResourceType,
  type ScimAttributes,
  ScimError,
} from '../index.js';
import { prototypes, unlessRefused } from '../../test/refusals.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ROOM = 'urn:example:scim:1.0:Room';
const extensions = parseExtensions({
  User: [
    {
      id: ROOM,
      attributes: [
        { name: 'floor', type: 'integer' },
        { name: 'tags', multiValued: true },
        { name: 'codes', multiValued: true, caseExact: true },
        { name: 'since', type: 'dateTime' },
        { name: 'desks', type: 'complex', multiValued: true, subAttributes: [{ name: 'row' }, { name: 'seat' }] },
      ],
    },
  ],
});
const types = DIALECTS.map((dialect) => resourceTypes({ dialect, extensions }).User);
const anyType = fc.constantFrom(...types);

const text = fc.oneof(fc.constantFrom('a', 'A', 'b', 'ß', 'ς', 'x y'), fc.string({ minLength: 1, maxLength: 5 }));
const label = fc.constantFrom('work', 'Work', 'home', 'other');
const item = fc.record({ value: text, type: label, display: text, primary: fc.boolean() }, { requiredKeys: [] });
const address = fc.record({ type: label, locality: text, country: text, primary: fc.boolean() }, { requiredKeys: [] });
const desk = fc.record({ row: text, seat: text }, { requiredKeys: ['row'] });
const texts = fc.array(text, { maxLength: 3 });

/** At most one of the values is primary. */
const values = <T extends { primary?: boolean }>(one: fc.Arbitrary<T>) =>
  fc.array(one, { maxLength: 4 }).map((items) => {
    const first = items.findIndex(({ primary }) => primary);
    return items.map((each, index) => (each.primary && index !== first ? { ...each, primary: false } : each));
  });

/** A generator of values for each attribute in the laws, by its path. */
const VALUES: Record<string, fc.Arbitrary<unknown>> = {
  displayName: text,
  title: text,
  nickName: text,
  active: fc.boolean(),
  name: fc.record({ givenName: text, familyName: text }, { requiredKeys: [] }),
  emails: values(item),
  roles: values(item),
  addresses: values(address),
  [`${ENTERPRISE}:department`]: text,
  [`${ENTERPRISE}:manager`]: fc.record({ value: text }),
  [`${ROOM}:floor`]: fc.integer(),
  [`${ROOM}:tags`]: texts,
  [`${ROOM}:codes`]: texts,
  [`${ROOM}:since`]: fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-28T12:30:00.5+01:00'),
  [`${ROOM}:desks`]: fc.array(desk, { maxLength: 3 }),
  'name.givenName': text,
  'emails[type eq "work"].value': text,
  'emails[type eq "other"].display': text,
  'emails[value eq "a"].primary': fc.boolean(),
  'addresses[type eq "home"].locality': text,
  [`${ENTERPRISE}:manager.value`]: text,
};
const WHOLE = Object.keys(VALUES).filter((path) => !/\[|\.[a-zA-Z]+$/.test(path));
const pathIn = (paths: readonly string[]) => fc.constantFrom(...paths);
const operationOf = (op: fc.Arbitrary<string>, paths = Object.keys(VALUES)) =>
  fc
    .tuple(op, pathIn(paths))
    .chain(([verb, path]) =>
      VALUES[path]!.map((value) => ({ op: verb, path, ...(verb === 'remove' ? {} : { value }) })),
    );
const anyOperation = operationOf(fc.constantFrom('add', 'replace', 'remove'));

const read = (dialect: ResourceType['dialect'], ...Operations: object[]): PatchOperation[] =>
  parsePatch({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }, dialect);
const patch = (type: ResourceType, state: ScimAttributes, ...operations: object[]): ScimAttributes =>
  applyPatch(type, state, read(type.dialect, ...operations));
const reread = (type: ResourceType, state: ScimAttributes) => parseResource(type, { schemas: [CORE], ...state });

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

/** A frozen stored user, created by adding values to a minimal one. */
const anyUser = fc
  .array(operationOf(fc.constant('add'), WHOLE), { maxLength: 8 })
  .map((operations) =>
    frozen(
      patch(
        types[0]!,
        { userName: 'alice', active: true },
        ...(operations.length > 0 ? operations : [{ op: 'add', value: {} }]),
      ),
    ),
  );

const RUNS = { numRuns: 400, seed: 7644 };
/** Checks a law on random users and operations. Refused operations are skipped, but more than half must be accepted. */
function law<T>(given: fc.Arbitrary<T>, holds: (type: ResourceType, user: ScimAttributes, given: T) => void): void {
  let held = 0;
  const property = fc.property(anyType, anyUser, given, (type, user, value) => {
    held += unlessRefused(() => (holds(type, user, value), 1)) ?? 0;
  });
  fc.assert(property, RUNS);
  expect(held).toBeGreaterThan(RUNS.numRuns / 2);
}

describe('the laws of PATCH and PUT', () => {
  test('setting the current value returns the same object', () => {
    law(pathIn(WHOLE), (type, user, path) => {
      const section = path.startsWith('urn:') ? user[path.slice(0, path.lastIndexOf(':'))] : user;
      const value = (section as ScimAttributes | undefined)?.[path.slice(path.lastIndexOf(':') + 1)];
      if (value === undefined) return;
      for (const op of ['replace', 'add']) expect(patch(type, user, { op, path, value })).toBe(user);
      expect(patch(type, user, { op: 'replace', value: user })).toBe(user);
      expect(reread(type, user)).toEqual(user);
    });
  });

  test.each(['replace', 'add', 'remove'])('%s twice is the same as once', (op) => {
    law(operationOf(fc.constant(op)), (type, user, operation) => {
      const once = patch(type, user, operation);
      const again = unlessRefused(() => patch(type, once, operation));
      // The strict dialect refuses a remove that matches nothing.
      if (again === undefined) expect([op, type.dialect]).toEqual(['remove', 'strict']);
      else expect(again).toBe(once);
    });
  });

  test('removing an added value restores the previous state', () => {
    const list = fc.constantFrom('emails', 'roles');
    law(fc.tuple(list, text, label), (type, user, [path, given, kind]) => {
      const value = `new ${given}`;
      const added = patch(type, user, { op: 'add', path, value: [{ value, type: kind }] });
      expect(added).not.toBe(user);
      const filter = `${path}[value eq ${JSON.stringify(value)}]`;
      expect(patch(type, added, { op: 'remove', path: filter })).toEqual(user);
    });
    law(pathIn(['title', 'name', `${ROOM}:floor`, `${ENTERPRISE}:manager`]), (type, user, path) => {
      const bare = patch(type, user, { op: 'remove', path });
      const value = { name: { givenName: 'a' }, [`${ROOM}:floor`]: 1, [`${ENTERPRISE}:manager`]: { value: 'a' } }[path];
      const added = patch(type, bare, { op: 'add', path, value: value ?? 'a' });
      expect(patch(type, added, { op: 'remove', path })).toEqual(bare);
    });
  });

  test('replace sets exactly the given value, and the last one wins', () => {
    law(fc.tuple(operationOf(fc.constant('replace'), WHOLE), fc.array(anyOperation)), (type, user, [last, before]) => {
      const done = patch(type, user, ...before, last);
      const { emails } = done;
      if (last.path === 'displayName') expect(done['displayName']).toBe(last.value);
      if (last.path === 'emails')
        expect(emails).toEqual(reread(type, { userName: 'alice', emails: last.value as [] })['emails']);
    });
  });

  test('a PATCH is applied completely or not at all, and does not change its input', () => {
    law(fc.array(anyOperation, { minLength: 1, maxLength: 5 }), (type, user, operations) => {
      const before = JSON.stringify(user);
      const together = unlessRefused(() => patch(type, user, ...operations));
      const oneByOne = unlessRefused(() =>
        operations.reduce((state, operation) => patch(type, state, operation), user),
      );
      if (together && oneByOne) expect(together).toEqual(oneByOne);
      expect(() => patch(type, user, ...operations, { op: 'remove', path: 'userName' })).toThrow(ScimError);
      expect(JSON.stringify(user)).toBe(before);
    });
  });

  test('parsing the result or its rendering gives the result, with at most one primary value', () => {
    law(fc.array(anyOperation, { minLength: 1, maxLength: 6 }), (type, user, operations) => {
      const done = patch(type, user, ...operations);
      expect(reread(type, done)).toEqual(done);
      const times = { createdAt: '2026-01-01T00:00:00Z', lastModifiedAt: '2026-01-01T00:00:00Z' };
      const shown = renderResource(type, { id: '1', attributes: done, location: 'https://x', version: 1, ...times });
      expect(parseResource(type, project(type, shown, {}))).toEqual(done);
      expect(shown['schemas']).toEqual(
        [CORE, ENTERPRISE, ROOM].filter((urn) => urn === CORE || Object.hasOwn(done, urn)),
      );
      for (const list of [done['emails'], done['roles'], done['addresses']]) {
        const primaries = ((list ?? []) as ScimAttributes[]).filter(({ primary }) => primary === true);
        expect(primaries.length).toBeLessThanOrEqual(1);
      }
    });
  });
});

describe('no path reaches a prototype', () => {
  const hostile = fc.constantFrom(
    ...['__proto__', 'constructor', 'prototype', '__proto__.x', 'constructor.prototype', 'constructor.prototype.x'],
    ...['name.__proto__', 'name.constructor', 'emails.__proto__', 'emails[__proto__ eq "x"]', 'emails[__proto__ pr].x'],
    ...[
      'emails[type eq "work"].__proto__',
      'toString',
      'hasOwnProperty',
      '__defineGetter__',
      'valueOf',
      'name.toString',
    ],
    ...[CORE, ENTERPRISE, ROOM].flatMap((urn) => [
      `${urn}:__proto__`,
      `${urn}:constructor.prototype`,
      `${urn}:toString`,
    ]),
    ...['__proto__:x', 'urn:__proto__:x', 'urn:x:__proto__', 'length', 'tags.length', `${ROOM}:tags.length`],
  );
  const own = (name: string, value: unknown): object =>
    Object.defineProperty({}, name, { value, enumerable: true, configurable: true, writable: true });

  test('in filters, patches, bodies, orders and lists of attributes', () => {
    const before = prototypes();
    const value = fc.constantFrom<unknown>('x', true, 1, null, [], { x: 1 }, own('__proto__', { x: 1 }), [
      { value: 'x' },
    ]);
    fc.assert(
      fc.property(anyType, hostile, value, fc.constantFrom('add', 'replace', 'remove'), (type, name, given, op) => {
        const user = frozen({ userName: 'alice', emails: [{ value: 'a', type: 'work' }] });
        const results = [
          unlessRefused(() => patch(type, user, { op, path: name, value: given })),
          unlessRefused(() => patch(type, user, { op: 'add', value: own(name, given) })),
          unlessRefused(() => patch(type, user, { op: 'add', path: ROOM, value: own(name, given) })),
          unlessRefused(() => patch(type, user, { op: 'add', path: 'emails', value: [own(name, given)] })),
          unlessRefused(() => patch(type, user, { op: 'replace', path: 'name', value: own(name, given) })),
          unlessRefused(() => reread(type, own(name, given) as ScimAttributes)),
          unlessRefused(() => reread(type, { userName: 'alice', ...own(name, given) })),
          unlessRefused(() => reread(type, { userName: 'alice', [ROOM]: own(name, given) } as ScimAttributes)),
          unlessRefused(() => project(type, user, { attributes: name })),
          unlessRefused(() => project(type, user, { excludedAttributes: name })),
        ];
        for (const result of results) {
          if (result) expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
          if (result) expect((result as { x?: unknown }).x).toBeUndefined();
        }
        unlessRefused(() => readFilter(type, `${name} eq "x"`));
        expect(({} as { x?: unknown }).x).toBeUndefined();
      }),
      { numRuns: 600, seed: 7643 },
    );
    expect(prototypes()).toEqual(before);
  });
});
