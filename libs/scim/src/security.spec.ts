import fc from 'fast-check';
import {
  applyPatch,
  GROUP,
  groupChanges,
  matches,
  mayDeactivate,
  parseFilter,
  parsePatch,
  parsePath,
  parseResource,
  project,
  type ResourceType,
  USER,
} from './index.js';
import { codeOf, prototypes, unlessRefused } from '../test/refusals.js';

const alice = parseResource(USER, { userName: 'alice@example.com', active: true });
const patchAlice = (...operations: unknown[]) => applyPatch(USER, alice, parsePatch({ Operations: operations }));

describe('paths are resolved through the schema', () => {
  test.each([
    '__proto__.x',
    '__proto__',
    'constructor.prototype.x',
    'constructor',
    'name.__proto__',
    'name.constructor',
    'emails[__proto__ eq "x"].value',
    'toString',
    'urn:ietf:params:scim:schemas:core:2.0:User:__proto__',
    'urn:evil:userName',
  ])('%s does not resolve', (path) => {
    expect(['invalidPath', 'invalidFilter']).toContain(codeOf(() => patchAlice({ op: 'add', path, value: 'x' })));
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('a prototype in a value is not followed', () => {
    const body = JSON.parse(
      '{"Operations":[{"op":"add","value":{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}},"name":{"__proto__":{"x":1}}}}]}',
    );
    expect(applyPatch(USER, alice, parsePatch(body))).toBe(alice);
    const parsed = parseResource(USER, JSON.parse('{"userName":"alice","__proto__":{"active":false}}'));
    expect(parsed).toEqual({ userName: 'alice' });
    expect(parsed['active']).toBeUndefined();
  });

  test('ACTIVE is active, and "False" is false', () => {
    expect(patchAlice({ op: 'Replace', path: 'ACTIVE', value: 'False' })['active']).toBe(false);
    expect(parseResource(USER, { USERNAME: 'alice', ACTIVE: 'False' })).toEqual({ userName: 'alice', active: false });
  });

  test.each(['id', 'meta', 'meta.created', 'groups', 'schemas', 'ID'])('%s cannot be written by path', (path) => {
    expect(codeOf(() => patchAlice({ op: 'replace', path, value: 'x' }))).toBe('mutability');
  });
});

describe('oversized input is refused cheaply', () => {
  test.each([
    ['20,000 parentheses', '('.repeat(20_000)],
    ['a deep value within the length', `${'('.repeat(21)}a pr${')'.repeat(21)}`],
    ['a megabyte', `userName eq "${'x'.repeat(1_000_000)}"`],
    ['too many terms', Array.from({ length: 200 }, () => 'a pr').join(' or ')],
  ])('%s', (_name, text) => {
    expect(codeOf(() => parseFilter(text))).toBe('invalidFilter');
    expect(codeOf(() => parsePath(text))).toBe('invalidPath');
  });

  test('JSON of depth 10,000 is refused without recursion', () => {
    const deep = JSON.parse('{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000));
    expect(codeOf(() => parseResource(USER, { userName: 'alice', name: deep }))).toBe('invalidSyntax');
    expect(codeOf(() => parsePatch({ Operations: [{ op: 'add', value: deep }] }))).toBe('invalidSyntax');
    expect(mayDeactivate('PUT', deep)).toBe(false);
  });

  test('1001 operations, 1001 values and a long name are refused', () => {
    const operations = Array.from({ length: 1001 }, () => ({ op: 'remove', path: 'title' }));
    expect(codeOf(() => parsePatch({ Operations: operations }))).toBe('tooLarge');
    const emails = Array.from({ length: 1001 }, (_, i) => ({ value: `${i}@example.com` }));
    expect(codeOf(() => parseResource(USER, { userName: 'alice', emails }))).toBe('invalidValue');
    expect(codeOf(() => parseResource(USER, { userName: 'é'.repeat(513) }))).toBe('invalidValue');
    expect(codeOf(() => parseResource(USER, { userName: 'alice', title: 'x'.repeat(8193) }))).toBe('invalidValue');
  });

  test.each(['a\0b', '\ud800', 'x\udc00y'])('a string that Postgres cannot store is refused: %j', (text) => {
    expect(codeOf(() => parseResource(USER, { userName: text }))).toBe('invalidValue');
    expect(codeOf(() => patchAlice({ op: 'add', path: 'name.givenName', value: text }))).toBe('invalidValue');
    expect(codeOf(() => parseFilter(`userName eq ${JSON.stringify(text)}`))).toBe('invalidFilter');
    expect(codeOf(() => groupChanges(GROUP, [{ op: 'add', path: 'members', value: [{ value: text }] }]))).toBe(
      'invalidValue',
    );
  });
});

describe('any input is accepted or refused with a ScimError, and prototypes do not change', () => {
  const names = fc.constantFrom(
    ...['active', 'ACTIVE', 'userName', 'name', 'name.givenName', 'emails', 'members', 'displayName', '__proto__'],
    ...['constructor', 'prototype', 'id', 'meta', 'groups', 'value', 'type', 'primary', 'manager', 'password'],
    ...['emails[type eq "work"].value', 'members[value eq "x"]', 'Operations', 'op', 'path', 'schemas', '$ref'],
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
    'urn:ietf:params:scim:schemas:core:2.0:User',
    ' urn:ietf:params:scim:schemas:core:2.0:User ',
  );
  const { value: json } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false, 'False', 'true', '', 'x', 0, 1.5),
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 3 }),
      // Like JSON.parse, which creates "__proto__" as an ordinary member.
      fc
        .array(fc.tuple(fc.oneof(names, fc.string()), tie('value')), { maxLength: 4 })
        .map((entries) =>
          Object.defineProperties(
            {},
            Object.fromEntries(
              entries.map(([k, v]) => [k, { value: v, enumerable: true, configurable: true, writable: true }]),
            ),
          ),
        ),
    ),
  }));
  const operation = fc.record(
    { op: fc.constantFrom('add', 'Replace', 'remove', 'x'), path: fc.oneof(names, fc.string()), value: json },
    { requiredKeys: ['op'] },
  );
  const before = prototypes();
  afterEach(() => expect(prototypes()).toEqual(before));

  test.each<[ResourceType]>([[USER], [GROUP]])('bodies and patches of $name', (type) => {
    const start = type === USER ? alice : { displayName: 'admins', members: [{ value: 'x' }] };
    fc.assert(
      fc.property(json, fc.array(operation, { minLength: 1, maxLength: 4 }), (body, Operations) => {
        unlessRefused(() => parseResource(type, body));
        unlessRefused(() => parsePatch(body));
        const operations = unlessRefused(() => parsePatch({ Operations }));
        if (!operations) return;
        const frozen = JSON.stringify(start);
        const patched = unlessRefused(() => applyPatch(type, start, operations));
        expect(JSON.stringify(start)).toBe(frozen);
        if (patched) expect(parseResource(type, patched)).toEqual(patched);
        if (type === GROUP) unlessRefused(() => groupChanges(GROUP, operations));
      }),
      { numRuns: 3000 },
    );
  });

  test('a PATCH or PUT that deactivates a user always takes the urgent lane', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 3 }), json, (Operations, body) => {
        const patched = unlessRefused(() => applyPatch(USER, alice, parsePatch({ Operations })));
        if (patched?.['active'] === false) expect(mayDeactivate('PATCH', { Operations })).toBe(true);
        const put = unlessRefused(() => parseResource(USER, body));
        if (put?.['active'] === false) expect(mayDeactivate('PUT', body)).toBe(true);
        mayDeactivate('PATCH', body);
      }),
      { numRuns: 3000 },
    );
  });

  test('filters, paths and projections', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'userName',
        'emails',
        '[',
        ']',
        '(',
        ')',
        ' eq ',
        ' and ',
        ' or ',
        'not ',
        '"a"',
        'pr',
        '.value',
        'type',
        '1',
        'null',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        unlessRefused(() => parsePath(text));
        unlessRefused(() => project(USER, alice, { attributes: text }));
        const filter = unlessRefused(() => parseFilter(text));
        if (filter) unlessRefused(() => matches(USER, alice, filter));
      }),
      { numRuns: 5000 },
    );
  });
});
