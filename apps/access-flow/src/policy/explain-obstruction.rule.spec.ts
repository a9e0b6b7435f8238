import { type Term } from '@tidegate/contracts';
import * as fc from 'fast-check';
import {
  anyCondition,
  anyPerson,
  attribute,
  CAST,
  DEPARTMENT,
  everyone,
  group,
  manager,
  user,
} from './test/conditions.js';
import { explainObstruction } from './explain-obstruction.rule.js';
import { whyNot, type WhyNotReason } from './why-not.rule.js';

const NAMES = new Map([
  [CAST.sales, 'Sales'],
  [CAST.bob, 'bob@example.com'],
]);
const inSales = attribute(DEPARTMENT, 'is', 'Finance');

const CASES: [Term, WhyNotReason, string, string][] = [
  [everyone, 'everyone_excluded', 'the condition excludes everyone', 'the condition excludes everyone'],
  [user('is', CAST.bob), 'user_differs', 'required: user is "bob@example.com"', 'the access flow is for other users'],
  [group('is', CAST.sales), 'not_member', 'required: member of Sales', 'you are not a member of a required group'],
  [manager('is', CAST.bob), 'manager_differs', 'required: manager is "bob@example.com"', 'your manager differs'],
  [inSales, 'attribute_differs', 'required: department is Finance', 'your department differs'],
  [
    inSales,
    'attribute_missing',
    'required: department is Finance; the user has no department',
    'you have no department',
  ],
];

it.each(CASES)('%j, %s', (term, reason, full, ofMember) => {
  const obstruction = { path: 'eligibility', term, reason };
  expect(explainObstruction(obstruction, NAMES, false)).toEqual({
    code: reason,
    text: `The user is not eligible: ${full}.`.replaceAll('"', ''),
  });
  expect(explainObstruction(obstruction, NAMES, true)).toEqual({
    code: reason,
    text: `You are not eligible: ${ofMember}.`,
  });
});

it('a member is told no value of a condition', () => {
  const values = (term: Term) => ('values' in term ? term.values.filter((value) => value.length > 4) : []);
  fc.assert(
    fc.property(anyCondition, anyPerson, (condition, person) => {
      for (const each of whyNot(condition, person, 'eligibility')) {
        const { text } = explainObstruction(each, NAMES, true);
        for (const value of values(each.term)) expect(text).not.toContain(NAMES.get(value) ?? value);
      }
    }),
  );
});
