import { type Approval } from '@tidegate/contracts';
import { type Review, type Verdict, verdict } from './verdict.rule.js';

const automatic: Approval = { kind: 'automatic' };
const byBobOrCarol: Approval = { kind: 'one_approver', approverIds: ['bob', 'carol'] };
const byNobody: Approval = { kind: 'one_approver', approverIds: [] };
const says = (reviewerId: string, word: 'approve' | 'deny'): Review => ({ reviewerId, verdict: word });

const table: [string, Approval, Review[], Verdict][] = [
  ['nobody has to say yes', automatic, [], 'approved'],
  ['nobody has said anything', byBobOrCarol, [], 'pending'],
  ['one approver says yes', byBobOrCarol, [says('carol', 'approve')], 'approved'],
  ['one approver says no', byBobOrCarol, [says('bob', 'deny')], 'denied'],
  ['a no counts more than a yes', byBobOrCarol, [says('carol', 'approve'), says('bob', 'deny')], 'denied'],
  ['a stranger says yes', byBobOrCarol, [says('dan', 'approve')], 'pending'],
  ['a stranger says no', byBobOrCarol, [says('dan', 'deny'), says('bob', 'approve')], 'approved'],
  ['nobody is left to say yes', byNobody, [says('bob', 'approve')], 'pending'],
];

it.each(table)('%s', (_, approval, reviews, expected) => {
  expect(verdict(approval, reviews)).toBe(expected);
});
