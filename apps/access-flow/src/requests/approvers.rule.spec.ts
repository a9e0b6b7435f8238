import { type Approval } from '@tidegate/contracts';
import { currentApprovers, isUndecidable } from './approvers.rule.js';

const automatic: Approval = { kind: 'automatic' };
const by = (...approverIds: string[]): Approval => ({ kind: 'one_approver', approverIds });

it.each<[string, string[] | null, boolean]>([
  ['no approval required', null, false],
  ['another approver', ['bob'], false],
  ['the requester and another approver', ['alice', 'bob'], false],
  ['no approver', [], true],
  ['the requester as only approver', ['alice'], true],
])('a request of alice with %s: undecidable is %s', (_, approverIds, expected) => {
  expect(isUndecidable(approverIds, 'alice')).toBe(expected);
});

it.each<[string, string[] | null, Approval, string[] | null, boolean]>([
  ['nothing changed', ['bob', 'carol'], by('bob', 'carol'), ['bob', 'carol'], false],
  ['an approver was removed', ['bob', 'carol'], by('carol'), ['carol'], false],
  ['an approver was added', ['bob'], by('bob', 'dan'), ['bob'], false],
  ['all approvers were replaced', ['bob'], by('carol', 'dan'), ['carol', 'dan'], false],
  ['all approvers but the requester were replaced', ['alice', 'bob'], by('alice', 'carol'), ['alice', 'carol'], false],
  ['all approvers were removed', ['bob'], by(), [], true],
  ['only the requester remains', ['alice', 'bob'], by('alice'), ['alice'], true],
  ['an approver was added to a flow without approvers', [], by('dan'), ['dan'], false],
  ['the flow became automatic', ['bob'], automatic, ['bob'], false],
  ['a flow without approvers became automatic', [], automatic, [], true],
  ['the request requires no approval', null, by('bob'), null, false],
])('when %s', (_, before, approval, approverIds, undecidable) => {
  expect(currentApprovers({ userId: 'alice', approverIds: before }, approval)).toEqual({ approverIds, undecidable });
});
