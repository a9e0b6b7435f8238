import { type Approval } from '@tidegate/contracts';
import { onlyApprover, type EligibleUsers, whyUndecidable } from './decidable.rule.js';

const automatic: Approval = { kind: 'automatic' };
const by = (...approverIds: string[]): Approval => ({ kind: 'one_approver', approverIds });
const [both, others, approver, none] = [
  { approver: true, others: true },
  { approver: false, others: true },
  { approver: true, others: false },
  { approver: false, others: false },
];

it.each<[string, boolean, Approval, EligibleUsers | undefined, string | undefined]>([
  ['an automatic flow needs no approver', true, automatic, undefined, undefined],
  ['two approvers can review each other', true, by('bob', 'carol'), undefined, undefined],
  ['one approver can review others', true, by('bob'), others, undefined],
  ['one approver who is eligible can review others', true, by('bob'), both, undefined],
  ['one approver without eligible users is allowed', true, by('bob'), none, undefined],
  ['the only eligible user must not be the only approver', true, by('bob'), approver, 'only eligible user'],
  ['a flow without approvers is refused', true, by(), undefined, 'no approver'],
  ['a disabled flow without approvers is allowed', false, by(), undefined, undefined],
  ['a disabled flow with one person is allowed', false, by('bob'), approver, undefined],
])('%s', (_, enabled, approval, requesters, detail) => {
  const refusal = whyUndecidable({ enabled, approval }, requesters);
  expect(refusal?.code).toBe(detail && 'invalid');
  expect(refusal?.detail ?? '').toContain(detail ?? '');
});

it.each<[Approval, string | undefined]>([
  [automatic, undefined],
  [by(), undefined],
  [by('bob'), 'bob'],
  [by('bob', 'carol'), undefined],
])('the only approver of %j is %s', (approval, only) => {
  expect(onlyApprover({ approval })).toBe(only);
});
