import { type Approval } from '@tidegate/contracts';
import { onlyApprover, type PossibleRequesters, whyUndecidable } from './decidable.rule.js';

const automatic: Approval = { kind: 'automatic' };
const by = (...approverIds: string[]): Approval => ({ kind: 'one_approver', approverIds });
const [both, others, approver, none] = [
  { approver: true, others: true },
  { approver: false, others: true },
  { approver: true, others: false },
  { approver: false, others: false },
];

it.each<[string, boolean, Approval, PossibleRequesters | undefined, string | undefined]>([
  ['an automatic flow needs no approver', true, automatic, undefined, undefined],
  ['two approvers decide for each other', true, by('bob', 'carol'), undefined, undefined],
  ['one approver decides for others', true, by('bob'), others, undefined],
  ['one approver decides for others, and may request', true, by('bob'), both, undefined],
  ['one approver waits for requesters to come', true, by('bob'), none, undefined],
  ['the only requester has no other approver', true, by('bob'), approver, 'only user who may request'],
  ['no approver is left', true, by(), undefined, 'no approver'],
  ['a disabled flow may be saved', false, by(), undefined, undefined],
  ['a disabled flow may be saved with one person', false, by('bob'), approver, undefined],
])('%s', (_, enabled, approval, requesters, says) => {
  const refusal = whyUndecidable({ enabled, approval }, requesters);
  expect(refusal?.code).toBe(says && 'invalid');
  expect(refusal?.detail ?? '').toContain(says ?? '');
});

it.each<[Approval, string | undefined]>([
  [automatic, undefined],
  [by(), undefined],
  [by('bob'), 'bob'],
  [by('bob', 'carol'), undefined],
])('the only approver of %j is %s', (approval, only) => {
  expect(onlyApprover({ approval })).toBe(only);
});
