import { type Condition, conditionFaults, type Term, type TermOperator } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { conditionReferences, matches, type Person, truthOf } from './condition.rule.js';
import {
  anyCondition,
  anyPerson,
  attribute,
  CAST,
  DEPARTMENT,
  everyone,
  group,
  inRandomCase,
  manager,
  not,
  together,
  user,
  withGrants,
} from './test/conditions.js';

const { alice, bob, carol, sales, tax, gone } = CAST;

/** alice is a clerk of Tax, a member of Sales by SCIM and of Tax by a grant; carol is her manager. */
const person: Person = {
  userId: alice,
  attributes: {
    title: 'Senior Clerk',
    [DEPARTMENT]: 'Straße',
    userType: '',
    'urn:example:1.0:User:level': 3,
    'urn:example:1.0:User:onCall': false,
  },
  managerId: carol,
  groups: new Map([
    [sales, { scim: true, granted: false }],
    [tax, { scim: false, granted: true }],
  ]),
};
const unmanaged: Person = { ...person, managerId: undefined };
const LEVEL = 'urn:example:1.0:User:level';
const ON_CALL = 'urn:example:1.0:User:onCall';

describe('a term', () => {
  it.each<[string, Condition, boolean | undefined]>([
    ['everyone', everyone, true],
    ['the user', user('is', alice), true],
    ['another user', user('is', bob), false],
    ['one of two users', user('in', bob, alice), true],
    ['not the user', user('isNot', alice), false],
    ['not another user', user('isNot', bob), true],
    ['a member by SCIM', group('is', sales), true],
    ['a member by a grant', group('is', tax), false],
    ['a member by a grant, with grants', withGrants(group('is', tax)), true],
    ['a member by SCIM, with grants', withGrants(group('is', sales)), true],
    ['not a member by a grant', group('isNot', tax), true],
    ['not a member by a grant, with grants', withGrants(group('isNot', tax)), false],
    ['a member of a deleted group', group('is', gone), undefined],
    ['not a member of a deleted group', group('isNot', gone), undefined],
    ['the manager', manager('is', carol), true],
    ['another manager', manager('is', bob), false],
    ['not the manager', manager('isNot', carol), false],
    ['equal', attribute('title', 'is', 'Senior Clerk'), true],
    ['equal in another case', attribute('title', 'is', 'SENIOR CLERK'), true],
    ['equal only in part', attribute('title', 'is', 'Clerk'), false],
    ['not equal', attribute('title', 'isNot', 'Clerk'), true],
    ['not equal to the value', attribute('title', 'isNot', 'senior clerk'), false],
    ['one of the values', attribute('title', 'in', 'Clerk', 'senior clerk'), true],
    ['none of the values', attribute('title', 'in', 'Clerk', 'Senior'), false],
    ['contains', attribute('title', 'contains', 'R CL'), true],
    ['does not contain', attribute('title', 'contains', 'rcl'), false],
    ['starts with', attribute('title', 'startsWith', 'senior'), true],
    ['does not start with', attribute('title', 'startsWith', 'clerk'), false],
    ['a name in another case', attribute('TITLE', 'is', 'senior clerk'), true],
    ['the composed form', attribute(DEPARTMENT, 'is', 'STRAßE'), true],
    ['ß is not ss', attribute(DEPARTMENT, 'is', 'Strasse'), false],
    ['a missing attribute is', attribute('locale', 'is', 'x'), undefined],
    ['a missing attribute is not', attribute('locale', 'isNot', 'x'), undefined],
    ['a missing attribute is one of', attribute('locale', 'in', 'x', 'y'), undefined],
    ['an empty attribute is not', attribute('userType', 'isNot', 'Contractor'), undefined],
    ['a property of all objects', attribute('constructor', 'isNot', 'x'), undefined],
    ['a number', attribute(LEVEL, 'is', '3'), true],
    ['another number', attribute(LEVEL, 'is', '3.0'), false],
    ['not a number', attribute(LEVEL, 'isNot', '4'), true],
    ['a boolean', attribute(ON_CALL, 'in', 'TRUE', 'FALSE'), true],
    ['a number contains', attribute(LEVEL, 'contains', '3'), undefined],
    ['a boolean starts with', attribute(ON_CALL, 'startsWith', 'f'), undefined],
  ])('%s: %j is %s', (_, condition, expected) => expect(truthOf(condition, person)).toBe(expected));

  it.each<[Condition, boolean | undefined]>([
    [group('in', gone, sales), true],
    [group('in', gone, tax), undefined],
    [manager('is', carol), true],
  ])('of several groups, one membership is enough: %j is %s', (condition, expected) =>
    expect(truthOf(condition, person)).toBe(expected),
  );

  it.each(['is', 'isNot', 'in'] as const)('the operator %s for an unknown manager never matches', (operator) => {
    expect(truthOf(manager(operator, carol), unmanaged)).toBeUndefined();
    expect(matches(not(manager(operator, carol)), unmanaged)).toBe(false);
  });
});

const YES = everyone;
const NO = not(everyone);
const UNKNOWN = group('is', gone);

it.each<[Condition, boolean | undefined]>([
  [not(NO), true],
  [not(UNKNOWN), undefined],
  [together('all', YES, YES), true],
  [together('all', YES, UNKNOWN), undefined],
  [together('all', UNKNOWN, NO), false],
  [together('any', NO, NO), false],
  [together('any', NO, UNKNOWN), undefined],
  [together('any', UNKNOWN, YES), true],
])('%j is %s', (condition, expected) => {
  expect(truthOf(condition, person)).toBe(expected);
  expect(matches(condition, person)).toBe(expected === true);
});

it('the deletion of a group makes no condition match that did not', () => {
  const notSales = not(group('in', sales));
  expect(matches(notSales, person)).toBe(false);
  expect(matches(notSales, { ...person, groups: new Map() })).toBe(false);
  expect(matches(together('all', everyone, notSales), { ...person, groups: new Map() })).toBe(false);
});

describe('for any conditions and persons', () => {
  const holds = (law: (a: Condition, b: Condition, person: Person) => void) =>
    fc.assert(fc.property(anyCondition, anyCondition, anyPerson, law), { numRuns: 500 });

  it('the conditions of these tests are valid', () => {
    fc.assert(fc.property(anyCondition, (condition) => conditionFaults(condition, 'eligibility') === undefined));
  });

  it('De Morgan’s laws hold', () =>
    holds((a, b, who) => {
      expect(truthOf(not(together('all', a, b)), who)).toBe(truthOf(together('any', not(a), not(b)), who));
      expect(truthOf(not(together('any', a, b)), who)).toBe(truthOf(together('all', not(a), not(b)), who));
    }));

  it('a double negation changes nothing, and a condition and its negation never both match', () =>
    holds((a, _, who) => {
      expect(truthOf(not(not(a)), who)).toBe(truthOf(a, who));
      expect(matches(a, who) && matches(not(a), who)).toBe(false);
    }));

  it('isNot equals not is', () =>
    fc.assert(
      fc.property(anyCondition, anyPerson, (condition, who) => {
        if (!('operator' in condition) || condition.values.length > 1) return;
        const by = (operator: TermOperator) => ({ ...condition, operator }) as Term;
        expect(truthOf(by('isNot'), who)).toBe(truthOf(not(by('is')), who));
        expect(truthOf(by('in'), who)).toBe(truthOf(by('is'), who));
      }),
      { numRuns: 1_000 },
    ));

  it('everyone always matches, also beside any other condition', () =>
    holds((a, _, who) => {
      expect(matches(everyone, who)).toBe(true);
      expect(matches(together('any', a, everyone), who)).toBe(true);
      expect(truthOf(together('all', a, everyone), who)).toBe(truthOf(a, who));
    }));

  it('the order of conditions and values is irrelevant', () =>
    holds((a, b, who) => {
      for (const kind of ['all', 'any'] as const)
        expect(truthOf(together(kind, a, b), who)).toBe(truthOf(together(kind, b, a), who));
      expect(truthOf(reversed(a), who)).toBe(truthOf(a, who));
    }));

  it('the case of values and of names of attributes is irrelevant', () =>
    fc.assert(
      fc.property(anyCondition, anyPerson, fc.infiniteStream(fc.boolean()), (condition, who, coins) => {
        const other = inRandomCase(condition, () => coins.next().value!);
        expect(truthOf(other, who)).toBe(truthOf(condition, who));
      }),
      { numRuns: 500 },
    ));

  it('a missing fact never makes a condition match that did not match with any value of it', () =>
    holds((a, _, who) => {
      if (matches(a, { ...who, managerId: undefined }))
        for (const managerId of [alice, bob, carol]) expect(matches(a, { ...who, managerId })).toBe(true);
      if (matches(a, { ...who, groups: new Map() })) expect(matches(a, who)).toBe(true);
      if (matches(a, { ...who, attributes: {} })) expect(matches(a, who)).toBe(true);
    }));
});

function reversed(condition: Condition): Condition {
  if (condition.kind === 'not') return not(reversed(condition.condition));
  if (condition.kind === 'all' || condition.kind === 'any')
    return together(condition.kind, ...condition.conditions.map(reversed).reverse());
  return 'values' in condition ? { ...condition, values: condition.values.toReversed() } : condition;
}

it('the references of a condition are its ids and attributes, each once', () => {
  const condition = together(
    'all',
    user('in', alice, bob),
    not(together('any', manager('is', alice), group('in', sales, tax), group('isNot', sales))),
    attribute('title', 'is', 'x'),
    attribute('title', 'is', 'y'),
    attribute(DEPARTMENT, 'is', bob),
  );
  expect(conditionReferences(condition)).toEqual({
    userIds: [alice, bob],
    groupIds: [sales, tax],
    attributes: ['title', DEPARTMENT],
  });
  expect(conditionReferences(everyone)).toEqual({ userIds: [], groupIds: [], attributes: [] });
});
