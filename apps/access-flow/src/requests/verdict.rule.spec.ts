import { type Approval } from '@tidegate/contracts';
import { type Review, type Verdict, verdict } from './verdict.rule.js';

const automatic: Approval = { kind: 'automatic' };
const byBobOrCarol: Approval = { kind: 'one_approver', approverIds: ['bob', 'carol'] };
const byNone: Approval = { kind: 'one_approver', approverIds: [] };
const review = (reviewerId: string, choice: 'approve' | 'deny'): Review => ({ reviewerId, verdict: choice });

const table: [string, Approval, Review[], Verdict][] = [
  ['an automatic request is approved', automatic, [], 'approved'],
  ['a request without reviews is pending', byBobOrCarol, [], 'pending'],
  ['one approval approves', byBobOrCarol, [review('carol', 'approve')], 'approved'],
  ['one denial denies', byBobOrCarol, [review('bob', 'deny')], 'denied'],
  ['a denial overrides an approval', byBobOrCarol, [review('carol', 'approve'), review('bob', 'deny')], 'denied'],
  ['an approval by a user who is not an approver is ignored', byBobOrCarol, [review('dan', 'approve')], 'pending'],
  [
    'a denial by a user who is not an approver is ignored',
    byBobOrCarol,
    [review('dan', 'deny'), review('bob', 'approve')],
    'approved',
  ],
  ['a request without approvers stays pending', byNone, [review('bob', 'approve')], 'pending'],
];

it.each(table)('%s', (_, approval, reviews, expected) => {
  expect(verdict(approval, reviews)).toBe(expected);
});
