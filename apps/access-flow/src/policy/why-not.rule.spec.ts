import { type Condition, termsOf } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { matches, type Person } from './condition.rule.js';
import {
  anyCondition,
  anyPerson,
  attribute,
  CAST,
  everyone,
  group,
  manager,
  not,
  together,
  user,
} from './test/conditions.js';
import { whyNot } from './why-not.rule.js';

const { alice, bob, carol, sales, tax, gone } = CAST;
const LEVEL = 'urn:example:1.0:User:level';
const person: Person = {
  userId: alice,
  attributes: { title: 'Clerk', [LEVEL]: 3 },
  managerId: carol,
  groups: new Map([
    [sales, { scim: true, granted: false }],
    [tax, { scim: false, granted: true }],
  ]),
};
const unmanaged = { ...person, managerId: undefined };

const reasons = (condition: Condition, who = person) =>
  whyNot(condition, who, 'eligibility').map(({ path, reason }) =>
    `${path.replace('eligibility', '')} ${reason}`.trim(),
  );

it.each<[Condition, string, Person]>([
  [user('is', bob), 'user_differs', person],
  [user('isNot', alice), 'user_excluded', person],
  [group('is', tax), 'member_by_grant', person],
  [group('isNot', sales), 'member_excluded', person],
  [group('is', gone), 'group_unavailable', person],
  [group('isNot', gone), 'group_unavailable', person],
  [group('is', tax), 'not_member', { ...person, groups: new Map([[tax, { scim: false, granted: false }]]) }],
  [manager('is', bob), 'manager_differs', person],
  [manager('isNot', carol), 'manager_excluded', person],
  [manager('isNot', carol), 'manager_unknown', unmanaged],
  [attribute('title', 'is', 'Lead'), 'attribute_differs', person],
  [attribute('title', 'isNot', 'clerk'), 'attribute_excluded', person],
  [attribute('locale', 'isNot', 'de'), 'attribute_missing', person],
  [attribute(LEVEL, 'contains', '3'), 'attribute_not_text', person],
])('%j does not match: %s', (term, reason, who) => {
  expect(reasons(term, who)).toEqual([reason]);
});

it.each<[Condition, string[]]>([
  [everyone, []],
  [together('any', user('is', bob), group('is', sales)), []],
  [not(everyone), ['.condition everyone_excluded']],
  [not(user('in', alice, bob)), ['.condition user_excluded']],
  [not(group('isNot', tax)), ['.condition member_by_grant']],
  [together('all', everyone, user('is', bob), manager('is', bob)), ['.conditions[1] user_differs']],
  [
    together('any', user('is', bob), manager('is', bob)),
    ['.conditions[0] user_differs', '.conditions[1] manager_differs'],
  ],
  [
    together('all', together('any', user('is', bob), manager('is', bob)), group('is', gone)),
    ['.conditions[1] group_unavailable'],
  ],
  [
    not(together('all', user('is', alice), group('is', sales))),
    ['.condition.conditions[0] user_excluded', '.condition.conditions[1] member_excluded'],
  ],
  [not(together('any', user('is', bob), group('is', sales))), ['.condition.conditions[1] member_excluded']],
])('the fewest terms that prevent a match of %j are %j', (condition, expected) => {
  expect(reasons(condition)).toEqual(expected);
});

it('there are reasons exactly if the condition does not match', () => {
  fc.assert(
    fc.property(anyCondition, anyPerson, (condition, who) => {
      expect(whyNot(condition, who, '').length > 0).toBe(!matches(condition, who));
    }),
    { numRuns: 1_000 },
  );
});

it('the listed terms prevent a match whatever the other terms are, and no shorter list does', () => {
  fc.assert(
    fc.property(anyCondition, anyPerson, (condition, who) => {
      if (matches(condition, who)) return;
      const paths = termsOf(condition, '').map(({ path }) => path);
      const listed = new Set(whyNot(condition, who, '').map(({ path }) => path));
      expect(prevents(condition, who, listed)).toBe(true);
      if (paths.length > 8) return;
      for (let bits = 0; bits < 2 ** paths.length; bits++) {
        const subset = new Set(paths.filter((_, index) => bits & (2 ** index)));
        if (subset.size < listed.size) expect(prevents(condition, who, subset)).toBe(false);
      }
    }),
    { numRuns: 500 },
  );
});

/** @returns whether the condition does not match, if all other terms are as favorable as possible */
function prevents(condition: Condition, who: Person, paths: ReadonlySet<string>): boolean {
  const favorable = (each: Condition, path: string, wanted: boolean): Condition => {
    if (each.kind === 'not') return not(favorable(each.condition, `${path}.condition`, !wanted));
    if (each.kind === 'all' || each.kind === 'any')
      return together(
        each.kind,
        ...each.conditions.map((child, index) => favorable(child, `${path}.conditions[${index}]`, wanted)),
      );
    return paths.has(path) ? each : wanted ? everyone : not(everyone);
  };
  return !matches(favorable(condition, '', true), who);
}
