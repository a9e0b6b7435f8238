import { type Approval } from '@tidegate/contracts';
import { decidersOf, isUndecidable } from './approvers.rule.js';

const automatic: Approval = { kind: 'automatic' };
const by = (...approverIds: string[]): Approval => ({ kind: 'one_approver', approverIds });

it.each<[string, string[] | null, boolean]>([
  ['no approval is needed', null, false],
  ['somebody else is an approver', ['bob'], false],
  ['somebody else is an approver beside the requester', ['alice', 'bob'], false],
  ['no approver is left', [], true],
  ['the requester is the only approver', ['alice'], true],
])('alice asks, and %s: undecidable is %s', (_, approverIds, expected) => {
  expect(isUndecidable(approverIds, 'alice')).toBe(expected);
});

it.each<[string, string[] | null, Approval, string[] | null, boolean]>([
  ['nothing changed', ['bob', 'carol'], by('bob', 'carol'), ['bob', 'carol'], false],
  ['an approver was taken out', ['bob', 'carol'], by('carol'), ['carol'], false],
  ['an approver was added', ['bob'], by('bob', 'dan'), ['bob'], false],
  ['all approvers were replaced', ['bob'], by('carol', 'dan'), ['carol', 'dan'], false],
  ['all but the requester were replaced', ['alice', 'bob'], by('alice', 'carol'), ['alice', 'carol'], false],
  ['none is left', ['bob'], by(), [], true],
  ['the requester alone is left', ['alice', 'bob'], by('alice'), ['alice'], true],
  ['one was added where none was left', [], by('dan'), ['dan'], false],
  ['the flow became automatic', ['bob'], automatic, ['bob'], false],
  ['the flow became automatic where none was left', [], automatic, [], true],
  ['the request needs no approval', null, by('bob'), null, false],
])('when %s', (_, of, approval, approverIds, undecidable) => {
  expect(decidersOf({ userId: 'alice', approverIds: of }, approval)).toEqual({ approverIds, undecidable });
});
