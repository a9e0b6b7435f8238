import { type Condition } from '@tidegate/contracts';
import {
  attribute,
  CAST,
  DEPARTMENT,
  everyone,
  group,
  manager,
  not,
  together,
  user,
  withGrants,
} from './test/conditions.js';
import { describeCondition } from './describe-condition.rule.js';

const { alice, bob, carol, sales, tax, gone } = CAST;
const NAMES = new Map([
  [alice, 'alice@example.com'],
  [bob, 'bob@example.com'],
  [carol, 'carol@example.com'],
  [sales, 'Sales'],
  [tax, 'Research and Tax'],
]);
const departments = attribute(DEPARTMENT, 'in', 'Sales', 'Marketing');

it.each<[string, Condition]>([
  ['everyone', everyone],
  ['user is alice@example.com', user('is', alice)],
  ['user is not alice@example.com', user('isNot', alice)],
  ['user is alice@example.com, bob@example.com or carol@example.com', user('in', alice, bob, carol)],
  ['member of Sales', group('is', sales)],
  ['not a member of Sales', group('isNot', sales)],
  ['member of Sales or "Research and Tax" (by a grant too)', withGrants(group('in', sales, tax))],
  [`member of ${gone}`, group('is', gone)],
  ['manager is carol@example.com', manager('is', carol)],
  ['department is Sales or Marketing', departments],
  ['title starts with Senior', attribute('title', 'startsWith', 'Senior')],
  ['title contains ", or "', attribute('title', 'contains', ', or ')],
  ['urn:example:1.0:User:department is not Sales', attribute('urn:example:1.0:User:department', 'isNot', 'Sales')],
  ['member of Sales, and department is Sales or Marketing', together('all', group('is', sales), departments)],
  ['everyone, everyone, or everyone', together('any', everyone, everyone, everyone)],
  [
    'member of Sales, and (manager is carol@example.com, or department is Sales or Marketing)',
    together('all', group('is', sales), together('any', manager('is', carol), departments)),
  ],
  [
    'everyone, and not (member of Sales, or user is bob@example.com)',
    together('all', everyone, not(together('any', group('is', sales), user('is', bob)))),
  ],
  ['member of Sales', together('all', together('any', group('is', sales)))],
])('%s', (sentence, condition) => {
  expect(describeCondition(condition, NAMES)).toBe(sentence);
});

it('values that read like a part of the sentence do not change its meaning', () => {
  const two = describeCondition(attribute('title', 'in', 'Sales', 'Tax'), NAMES);
  const one = describeCondition(attribute('title', 'is', 'Sales or Tax'), NAMES);
  expect([two, one]).toEqual(['title is Sales or Tax', 'title is "Sales or Tax"']);
});
