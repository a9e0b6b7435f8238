import { afterChange, type AfterChange, type Pending } from './after-change.rule.js';

const by = (...approverIds: string[]) => ({ kind: 'one_approver' as const, approverIds });
const pending: Pending = {
  id: 'request',
  userId: 'alice',
  groupId: 'deploy',
  approverIds: ['bob', 'carol'],
  undecidable: false,
  flow: { groupIds: ['deploy'], approval: by('bob', 'carol') },
  isRequester: true,
};

it.each<[string, Partial<Pending>, AfterChange]>([
  ['what still fits stays', {}, { approverIds: ['bob', 'carol'], undecidable: false }],
  [
    'a group that is not offered cancels',
    { flow: { ...pending.flow, groupIds: ['billing'] } },
    { cancel: 'group_not_offered' },
  ],
  ['a requester who is not eligible cancels', { isRequester: false }, { cancel: 'requester_not_eligible' }],
  [
    'an approver who is taken out loses the say',
    { flow: { ...pending.flow, approval: by('carol') } },
    { approverIds: ['carol'], undecidable: false },
  ],
  [
    'without an approver it is undecidable',
    { flow: { ...pending.flow, approval: by() } },
    { approverIds: [], undecidable: true },
  ],
  [
    'what is cancelled goes to nobody',
    { isRequester: false, flow: { ...pending.flow, approval: by('dan') } },
    { cancel: 'requester_not_eligible' },
  ],
])('%s', (_, change, outcome) => {
  expect(afterChange({ ...pending, ...change })).toEqual(outcome);
});
