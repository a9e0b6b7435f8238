import fc from 'fast-check';
import {
  applyPatch,
  GROUP,
  groupChanges,
  type MemberChange,
  memberMatcher,
  parseFilter,
  parsePatch,
  type ScimAttributes,
} from '../index.js';

const split = (...operations: unknown[]) => groupChanges(GROUP, parsePatch({ Operations: operations }));
const item = (value: string) => ({ value, display: `${value}@example.com` });

test.each<[string, unknown, MemberChange[]]>([
  ['an added member', { op: 'add', path: 'members', value: [item('alice')] }, [{ kind: 'add', ids: ['alice'] }]],
  [
    'one member, not in an array',
    { op: 'Add', path: 'members', value: item('alice') },
    [{ kind: 'add', ids: ['alice'] }],
  ],
  [
    'the same member twice',
    { op: 'add', path: 'Members', value: [item('alice'), item('alice')] },
    [{ kind: 'add', ids: ['alice'] }],
  ],
  [
    'a full replace',
    { op: 'replace', path: 'members', value: [item('alice'), item('bob')] },
    [{ kind: 'replace', ids: ['alice', 'bob'] }],
  ],
  ['a replace by none', { op: 'replace', path: 'members', value: [] }, [{ kind: 'replace', ids: [] }]],
  ['a replace by null', { op: 'replace', path: 'members', value: null }, [{ kind: 'replace', ids: [] }]],
  ['a replace without path', { op: 'replace', value: { members: [item('bob')] } }, [{ kind: 'replace', ids: ['bob'] }]],
  [
    'an add under the core URN',
    { op: 'add', value: { 'urn:ietf:params:scim:schemas:core:2.0:Group': { members: item('bob') } } },
    [{ kind: 'add', ids: ['bob'] }],
  ],
  [
    'an add by the URN of members',
    { op: 'add', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:members', value: [item('bob')] },
    [{ kind: 'add', ids: ['bob'] }],
  ],
  ['a removal by id', { op: 'remove', path: 'members[value eq "alice"]' }, [{ kind: 'remove', ids: ['alice'] }]],
  [
    'a removal by ids',
    { op: 'remove', path: 'members[value eq "a" or (value eq "b" or VALUE EQ "c")]' },
    [{ kind: 'remove', ids: ['a', 'b', 'c'] }],
  ],
  [
    "Entra's removal with values, which is not a removal of all",
    { op: 'Remove', path: 'members', value: [{ $ref: null, value: 'bob' }] },
    [{ kind: 'remove', ids: ['bob'] }],
  ],
  ['a removal of all', { op: 'remove', path: 'members' }, [{ kind: 'replace', ids: [] }]],
  ['a removal with no values', { op: 'remove', path: 'members', value: [] }, [{ kind: 'remove', ids: [] }]],
  ['an add by filter', { op: 'add', path: 'members[value eq "alice"]', value: {} }, [{ kind: 'add', ids: ['alice'] }]],
])('%s', (_name, operation, members) => {
  expect(split(operation)).toEqual({ attributeOperations: [], members });
});

test("Okta's rename does not change members", () => {
  const rename = { op: 'replace', value: { id: 'abf4dd94', displayName: 'admins' } };
  expect(split(rename)).toEqual({ attributeOperations: [rename], members: [] });
  expect(applyPatch(GROUP, { displayName: 'old' }, split(rename).attributeOperations)).toEqual({
    displayName: 'admins',
  });
});

test('a value without path is split in two', () => {
  const { attributeOperations, members } = split({ op: 'replace', value: { MEMBERS: [], displayName: 'admins' } });
  expect(attributeOperations).toEqual([{ op: 'replace', value: { displayName: 'admins' } }]);
  expect(members).toEqual([{ kind: 'replace', ids: [] }]);
});

test('the order is kept, and adjacent changes of one kind are merged', () => {
  const remove = (id: string) => ({ op: 'remove', path: `members[value eq "${id}"]` });
  const { members } = split(remove('a'), remove('b'), { op: 'add', path: 'members', value: [item('a')] }, remove('c'));
  expect(members).toEqual([
    { kind: 'remove', ids: ['a', 'b'] },
    { kind: 'add', ids: ['a'] },
    { kind: 'remove', ids: ['c'] },
  ]);
});

test('a filter is evaluated when its step is applied', () => {
  const where = (filter: string) => ({ op: 'remove', path: `members[${filter}]` });
  const { members } = split(where('type eq "Group"'), where('not (value eq "a")'), { op: 'remove', path: 'members' });
  expect(members.map(({ kind }) => kind)).toEqual(['removeWhere', 'removeWhere', 'replace']);
});

test.each<[string, string[]]>([
  ['type eq "Group"', ['ops']],
  ['display sw "AL"', ['alice']],
  ['display co "e" and not (type eq "group")', ['alice', 'erin']],
  ['not (value eq "alice")', ['erin', 'ops']],
  ['value eq "ALICE"', []],
  ['display pr', ['alice', 'erin', 'ops']],
])('%s selects the members %j', (filter, meant) => {
  const all = [
    { value: 'alice', type: 'User', display: 'Alice' },
    { value: 'erin', type: 'User', display: 'Erin' },
    { value: 'ops', type: 'Group', display: 'Operations' },
  ];
  expect(all.filter(memberMatcher(parseFilter(filter))).map(({ value }) => value)).toEqual(meant);
});

test.each<[string, unknown]>([
  ['invalidValue', { op: 'add', path: 'members', value: [{ display: 'alice' }] }],
  ['invalidValue', { op: 'add', path: 'members', value: [{ value: {} }] }],
  ['invalidValue', { op: 'add', path: 'members', value: true }],
  ['invalidPath', { op: 'add', path: 'members[display co "a"]', value: {} }],
  ['invalidPath', { op: 'remove', path: 'members[not ($ref sw "https://")]' }],
  ['invalidFilter', { op: 'remove', path: 'members[shoeSize eq "a"]' }],
  ['invalidFilter', { op: 'remove', path: 'members[value eq true]' }],
  ['invalidPath', { op: 'add', path: 'shoeSize', value: 1 }],
  ['mutability', { op: 'replace', path: 'members[value eq "a"].value', value: 'b' }],
  ['mutability', { op: 'replace', path: 'members[value eq "a"].display', value: 'b' }],
  ['mutability', { op: 'replace', path: 'members[value eq "a"]', value: { value: 'b' } }],
  ['mutability', { op: 'replace', path: 'id', value: 'b' }],
])('%s: %j', (code, operation) => {
  expect(() => split(operation)).toThrow(expect.objectContaining({ code }));
});

test('1,000 operations of 100 members each are split', () => {
  const operations = Array.from({ length: 1000 }, (_, i) => ({
    op: 'add',
    path: 'members',
    value: Array.from({ length: 100 }, (_, j) => ({ value: `${i}-${j}` })),
  }));
  expect(split(...operations).members).toMatchObject([{ ids: { length: 100_000 } }]);
});

test('the steps have the same result as applying the patch to the whole group', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const items = fc.array(
    id.map((value) => ({ value })),
    { maxLength: 3 },
  );
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom('add', 'replace', 'remove'), path: fc.constant('members'), value: items }),
    fc.record({ op: fc.constantFrom('add', 'replace'), value: fc.record({ members: items }) }),
    id.map((value) => ({ op: 'remove', path: `members[value eq "${value}"]` })),
    id.map((value) => ({ op: 'remove', path: `members[not (value eq "${value}") and value gt "a"]` })),
    fc.constant({ op: 'remove', path: 'members' }),
  );
  fc.assert(
    fc.property(items, fc.array(operation, { minLength: 1, maxLength: 6 }), (start, Operations) => {
      const operations = parsePatch({ Operations });
      const ids = new Set(start.map(({ value }) => value));
      for (const change of groupChanges(GROUP, operations).members) {
        if (change.kind === 'replace') ids.clear();
        const isMeant = change.kind === 'removeWhere' ? memberMatcher(change.filter) : undefined;
        const given = 'ids' in change ? change.ids : [...ids].filter((value) => isMeant!({ value }));
        for (const one of given)
          if (change.kind === 'remove' || isMeant) ids.delete(one as never);
          else ids.add(one as never);
      }
      const group: ScimAttributes = { displayName: 'g', ...(start.length > 0 ? { members: start } : {}) };
      const applied = (applyPatch(GROUP, group, operations)['members'] ?? []) as { value: string }[];
      expect([...ids].sort()).toEqual([...new Set(applied.map(({ value }) => value))].sort());
    }),
    { numRuns: 1000 },
  );
});
