import { type Approval, type Requesters } from '@tidegate/contracts';
import { flowReferences, withIds } from './flow-references.rule.js';

const members: Requesters = { kind: 'members_of', groupIds: ['Ops'] };
const reviewed: Approval = { kind: 'one_approver', approverIds: ['bob', 'carol'] };
const objects = {
  groupIds: [{ id: 'deploy' }],
  'requesters.groupIds': [{ id: 'ops' }],
  'approval.approverIds': [{ id: '2' }, { id: '3' }],
};

it.each([
  [
    { name: 'Night', groupIds: ['Deploy'], requesters: members, approval: reviewed },
    ['Deploy'],
    ['Ops'],
    ['bob', 'carol'],
  ],
  [{ requesters: { kind: 'everyone' } as const, approval: { kind: 'automatic' } as const }, [], [], []],
  [{}, [], [], []],
])('the references of %j', (settings, groups, requesters, approvers) => {
  expect(flowReferences(settings)).toEqual({
    groupIds: { kind: 'group', values: groups },
    'requesters.groupIds': { kind: 'group', values: requesters },
    'approval.approverIds': { kind: 'user', values: approvers },
  });
});

it('ids replace the given references; absent settings stay absent', () => {
  const settings = { name: 'Night', groupIds: ['Deploy'], requesters: members, approval: reviewed };
  expect(withIds(settings, objects)).toEqual({
    name: 'Night',
    groupIds: ['deploy'],
    requesters: { kind: 'members_of', groupIds: ['ops'] },
    approval: { kind: 'one_approver', approverIds: ['2', '3'] },
  });
  const others = { enabled: false, requesters: { kind: 'everyone' }, approval: { kind: 'automatic' } } as const;
  expect(withIds(others, objects)).toEqual(others);
  expect(withIds({}, objects)).toEqual({});
});
