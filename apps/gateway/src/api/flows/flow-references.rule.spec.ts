import { type ApprovalStep, type Condition } from '@tidegate/contracts';
import { referencesByField, withIds } from './flow-references.rule.js';

const eligibility: Condition = {
  kind: 'all',
  conditions: [
    { kind: 'everyone' },
    { kind: 'any', conditions: [{ kind: 'group', operator: 'in', values: ['Ops', 'Night'], includeGrants: true }] },
    { kind: 'not', condition: { kind: 'user', operator: 'is', values: ['erin'] } },
    { kind: 'manager', operator: 'is', values: ['dan'] },
    { kind: 'attribute', attribute: 'title', operator: 'is', values: ['Engineer'] },
  ],
};
const steps: ApprovalStep[] = [
  { name: 'Manager', quorum: 'any', approvers: [{ kind: 'manager' }, { kind: 'user', id: 'bob' }] },
  {
    quorum: 'count',
    count: 2,
    requireReason: true,
    approvers: [{ kind: 'group', id: 'Ops' }],
    fallback: { quorum: 'any', approvers: [{ kind: 'flow_owners' }, { kind: 'user', id: 'carol' }] },
    escalation: { quorum: 'any', approvers: [{ kind: 'group', id: 'Leads' }], afterSeconds: 60 },
  },
];
const settings = { name: 'Night', groupIds: ['Deploy'], ownerIds: ['bob', 'dan'], eligibility, steps };

const fields = {
  groupIds: { kind: 'group', values: ['Deploy'] },
  ownerIds: { kind: 'user', values: ['bob', 'dan'] },
  'eligibility.conditions[1].conditions[0].values': { kind: 'group', values: ['Ops', 'Night'] },
  'eligibility.conditions[2].condition.values': { kind: 'user', values: ['erin'] },
  'eligibility.conditions[3].values': { kind: 'user', values: ['dan'] },
  'steps[0].approvers[1].id': { kind: 'user', values: ['bob'] },
  'steps[1].approvers[0].id': { kind: 'group', values: ['Ops'] },
  'steps[1].fallback.approvers[1].id': { kind: 'user', values: ['carol'] },
  'steps[1].escalation.approvers[0].id': { kind: 'group', values: ['Leads'] },
};
const NONE = { groupIds: { kind: 'group', values: [] }, ownerIds: { kind: 'user', values: [] } };
const objects = Object.fromEntries(
  Object.entries(fields).map(([field, { kind, values }]) => [field, values.map((name) => ({ id: `${kind} ${name}` }))]),
);

it.each([
  ['settings with names everywhere', settings, fields],
  ['an automatic flow for everyone', { eligibility: { kind: 'everyone' } as const, steps: [] }, NONE],
  ['no settings', {}, NONE],
])('the references of %s', (_, given, expected) => expect(referencesByField(given)).toEqual(expected));

it('ids replace the given references; everything else stays', () => {
  expect(withIds(settings, objects)).toEqual({
    name: 'Night',
    groupIds: ['group Deploy'],
    ownerIds: ['user bob', 'user dan'],
    eligibility: {
      kind: 'all',
      conditions: [
        { kind: 'everyone' },
        {
          kind: 'any',
          conditions: [{ kind: 'group', operator: 'in', values: ['group Ops', 'group Night'], includeGrants: true }],
        },
        { kind: 'not', condition: { kind: 'user', operator: 'is', values: ['user erin'] } },
        { kind: 'manager', operator: 'is', values: ['user dan'] },
        { kind: 'attribute', attribute: 'title', operator: 'is', values: ['Engineer'] },
      ],
    },
    steps: [
      { name: 'Manager', quorum: 'any', approvers: [{ kind: 'manager' }, { kind: 'user', id: 'user bob' }] },
      {
        quorum: 'count',
        count: 2,
        requireReason: true,
        approvers: [{ kind: 'group', id: 'group Ops' }],
        fallback: { quorum: 'any', approvers: [{ kind: 'flow_owners' }, { kind: 'user', id: 'user carol' }] },
        escalation: { quorum: 'any', approvers: [{ kind: 'group', id: 'group Leads' }], afterSeconds: 60 },
      },
    ],
  });
});

it('absent settings stay absent', () => {
  const others = { name: 'Night', eligibility: { kind: 'everyone' }, steps: [] } as const;
  expect(withIds({ ...others, steps: [] }, objects)).toEqual(others);
  expect(withIds({}, objects)).toEqual({});
});
