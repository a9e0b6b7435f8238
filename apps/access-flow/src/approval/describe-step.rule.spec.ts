import { type ApprovalStep } from '@tidegate/contracts';
import { all, any, atLeast, flowOwners, group, groupOwners, later, manager, user } from './test/step-data.js';
import { describeStep } from './describe-step.rule.js';

const NAMES = new Map([
  ['b', 'bob'],
  ['c', 'carol'],
  ['s', 'Security'],
]);
const [bob, carol, security] = [user('b'), user('c'), group('s')];

it.each<[ApprovalStep, string]>([
  [any(bob), 'approval by bob'],
  [any(bob, carol), 'approval by any of bob or carol'],
  [all(bob, security, manager), 'approval by all of bob, the members of Security and the manager'],
  [atLeast(2, security, groupOwners), 'approval by 2 users of the members of Security and the owners of the group'],
  [{ ...any(manager), name: 'Manager' }, 'Manager: approval by the manager'],
  [any(user('x')), 'approval by x'],
  [
    { ...any(manager), fallback: any(flowOwners), escalation: later(any(bob)), requireReason: true, allowSelf: true },
    'approval by the manager; if they cannot decide, by the owners of the access flow; after 4 hours also by bob; a comment ' +
      'is required; the user who gets access can approve',
  ],
])('%#: %j', (step, words) => expect(describeStep(step, NAMES)).toBe(words));
