import { conditionFaults } from './condition-checks.js';
import { mapCondition, referenceTermsOf, termsOf } from './condition-terms.js';
import { type Condition } from './conditions.js';

const DEPARTMENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department';
const BADGE = 'urn:example:1.0:User:badge';
const ID = '01900000-0000-7000-8000-00000000000a';
const user = (...values: unknown[]) => ({ kind: 'user', operator: values.length > 1 ? 'in' : 'is', values });
const title = (...values: unknown[]) => ({
  kind: 'attribute',
  attribute: 'title',
  operator: values.length > 1 ? 'in' : 'is',
  values,
});
const everyone = { kind: 'everyone' };
const all = (...conditions: unknown[]) => ({ kind: 'all', conditions });
const not = (condition: unknown) => ({ kind: 'not', condition });
const many = (count: number) => Array.from({ length: count }, (_, n) => `value ${n}`);

it.each<[string, unknown]>([
  ['everyone', everyone],
  ['a user by name', user('alice')],
  ['several groups, with grants', { kind: 'group', operator: 'in', values: ['Sales', ID], includeGrants: true }],
  ['a manager', { kind: 'manager', operator: 'isNot', values: ['carol'] }],
  ['a listed attribute', { ...title('Sales'), attribute: DEPARTMENT, operator: 'startsWith' }],
  ['a listed attribute in another case', { ...title('Sales'), attribute: 'TITLE' }],
  ['an extension attribute', { ...title('7'), attribute: BADGE, operator: 'contains' }],
  ['values that differ in case', title('sales', 'Sales')],
  ['the longest name and value', all(user('é'.repeat(1024)), title('𝒳'.repeat(256)))],
  ['four levels', all(not({ kind: 'any', conditions: [everyone] }))],
  ['100 terms', all(all(...many(50).map(() => everyone)), all(...many(50).map(() => everyone)))],
  ['50 values', title(...many(50))],
])('%s is a condition', (_, condition) => expect(conditionFaults(condition, 'eligibility')).toBeUndefined());

it.each<[string, unknown, string]>([
  ['', null, 'must be an object'],
  ['', 'everyone', 'must be an object'],
  ['', [everyone], 'must be an object'],
  ['.kind', {}, 'everyone, all, any, not, user, group, manager, attribute'],
  ['.kind', { kind: 'constructor' }, 'must be one of'],
  ['.kind', { kind: ['all'] }, 'must be one of'],
  ['.values', { ...everyone, values: [] }, 'should not exist'],
  ['.__proto__', JSON.parse('{"kind":"everyone","__proto__":{}}'), 'should not exist'],
  [`.${'x'.repeat(50)}`, { ...everyone, ['x'.repeat(5000)]: 1 }, 'should not exist'],
  ['.includeGrants', { ...user('alice'), includeGrants: true }, 'should not exist'],
  ['.attribute', { ...user('alice'), attribute: 'title' }, 'should not exist'],
  ['.conditions', { kind: 'all' }, 'is required'],
  ['.condition', { kind: 'not' }, 'is required'],
  ['.operator', { kind: 'user', values: ['alice'] }, 'is required'],
  ['.values', { kind: 'group', operator: 'is' }, 'is required'],
  ['.conditions', all(), 'must be an array of 1 to 100 conditions'],
  ['.conditions', { kind: 'any', conditions: {} }, 'must be an array'],
  ['.conditions', all(...many(101).map(() => everyone)), 'must be an array of 1 to 100 conditions'],
  ['.conditions[1].conditions[0].kind', all(everyone, { kind: 'any', conditions: [{}] }), 'must be one of'],
  ['.condition.operator', not({ ...user('alice'), operator: 'like' }), 'is, isNot, in'],
  ['.operator', { ...user('alice'), operator: 'contains' }, 'is, isNot, in'],
  ['.operator', { ...title('x'), operator: 'endsWith' }, 'contains, startsWith'],
  ['.includeGrants', { kind: 'group', operator: 'is', values: ['Sales'], includeGrants: 'yes' }, 'boolean'],
  ['.attribute', { ...title('x'), attribute: 'nickName' }, 'must be the name of an attribute'],
  ['.attribute', { ...title('x'), attribute: 7 }, 'must be the name'],
  ['.attribute', { ...title('x'), attribute: 'urn:badge' }, 'must be the name'],
  ['.attribute', { ...title('x'), attribute: `urn:example:${'x'.repeat(256)}:badge` }, 'must be the name'],
  ['.attribute', { ...title('x'), attribute: 'urn:exa\0mple:badge' }, 'must be the name'],
  ['.values', { ...title(), operator: 'in' }, 'must have 1 to 50 values'],
  ['.values', { ...title('x'), values: 'x' }, 'must have exactly one value for the operator is'],
  ['.values', { ...title('x', 'y'), operator: 'contains' }, 'must have exactly one value for the operator contains'],
  ['.values', title(...many(51)), 'must have 1 to 50 values'],
  ['.values', title('x', 'x'), 'must not contain a value twice'],
  ['.values', user(ID, ID.toUpperCase()), 'must not contain a value twice'],
  ['.values[1]', title('x', ''), 'must be a string of 1 to 256 characters'],
  ['.values[1]', title('x', 7), 'must be a string'],
  ['.values[0]', title('x'.repeat(257)), 'must be a string of 1 to 256 characters'],
  ['.values[0]', user('x'.repeat(1025)), 'must be a string of 1 to 1024 characters'],
  ['.values[0]', title('x\0'), 'contains characters that cannot be stored'],
  ['.values[0]', title('half \ud800'), 'contains characters that cannot be stored'],
  ['.condition.condition.condition.condition', not(not(not(not(everyone)))), 'is nested too deeply'],
])('a fault is reported at eligibility%s: %j', (path, condition, message) => {
  expect(conditionFaults(condition, 'eligibility')).toEqual([`eligibility${path}`, expect.stringContaining(message)]);
});

it('a condition has at most 100 terms, in all its branches together', () => {
  const branch = (count: number) => all(...many(count).map(() => everyone));
  const fault = ['eligibility', 'must have at most 100 terms'];
  expect(conditionFaults(all(branch(50), branch(51)), 'eligibility')).toEqual(fault);
  expect(conditionFaults(all(branch(100), everyone, { kind: 'unknown' }), 'eligibility')).toEqual(fault);
});

it('a condition that is nested 100,000 levels deep is refused without a stack overflow', () => {
  let deep: unknown = everyone;
  for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? not(deep) : all(deep);
  expect(conditionFaults(deep, 'eligibility')).toEqual([expect.any(String), expect.stringContaining('too deeply')]);
});

const tree: Condition = {
  kind: 'all',
  conditions: [
    { kind: 'group', operator: 'in', values: ['Sales', 'Tax'], includeGrants: true },
    { kind: 'not', condition: { kind: 'any', conditions: [{ kind: 'manager', operator: 'is', values: ['carol'] }] } },
    { kind: 'attribute', attribute: 'title', operator: 'is', values: ['Clerk'] },
    { kind: 'everyone' },
  ],
};

it('the terms of a condition have the paths of their fields', () => {
  expect(termsOf(tree, 'eligibility').map(({ path, term }) => [path, term.kind])).toEqual([
    ['eligibility.conditions[0]', 'group'],
    ['eligibility.conditions[1].condition.conditions[0]', 'manager'],
    ['eligibility.conditions[2]', 'attribute'],
    ['eligibility.conditions[3]', 'everyone'],
  ]);
  expect(referenceTermsOf(tree, 'eligibility').map(({ term }) => term.kind)).toEqual(['group', 'manager']);
  expect(termsOf({ kind: 'everyone' }, 'eligibility')).toEqual([{ path: 'eligibility', term: { kind: 'everyone' } }]);
});

it('mapCondition replaces the ids and names of a condition and nothing else', () => {
  const before = structuredClone(tree);
  const visit = jest.fn(({ values }: { values: string[] }) => values.map((value) => `id of ${value}`));
  const text = JSON.stringify(mapCondition(tree, visit, 'eligibility'));
  expect(visit.mock.calls.map(([, path]: unknown[]) => path)).toEqual([
    'eligibility.conditions[0]',
    'eligibility.conditions[1].condition.conditions[0]',
  ]);
  const replaced = JSON.stringify(tree).replaceAll(/"(Sales|Tax|carol)"/g, '"id of $1"');
  expect(text).toBe(replaced);
  expect(tree).toEqual(before);
});
