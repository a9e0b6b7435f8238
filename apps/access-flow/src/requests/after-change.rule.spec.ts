import { afterChange, type AfterChange, type Pending } from './after-change.rule.js';

const by = (...approverIds: string[]) => ({ kind: 'one_approver' as const, approverIds });
const pending: Pending = {
  id: 'request',
  userId: 'alice',
  groupId: 'deploy',
  approverIds: ['bob', 'carol'],
  undecidable: false,
  flow: { groupIds: ['deploy'], approval: by('bob', 'carol') },
  isEligible: true,
};

it.each<[string, Partial<Pending>, AfterChange]>([
  ['an allowed request stays pending', {}, { approverIds: ['bob', 'carol'], undecidable: false }],
  [
    'a group that is no longer offered cancels the request',
    { flow: { ...pending.flow, groupIds: ['billing'] } },
    { cancel: 'group_not_offered' },
  ],
  [
    'a requester who is no longer eligible cancels the request',
    { isEligible: false },
    { cancel: 'requester_not_eligible' },
  ],
  [
    'a removed approver can no longer review',
    { flow: { ...pending.flow, approval: by('carol') } },
    { approverIds: ['carol'], undecidable: false },
  ],
  [
    'a request without approvers is undecidable',
    { flow: { ...pending.flow, approval: by() } },
    { approverIds: [], undecidable: true },
  ],
  [
    'a cancelled request gets no new approvers',
    { isEligible: false, flow: { ...pending.flow, approval: by('dan') } },
    { cancel: 'requester_not_eligible' },
  ],
])('%s', (_, change, outcome) => {
  expect(afterChange({ ...pending, ...change })).toEqual(outcome);
});
