import { type ApprovalStep } from '@tidegate/contracts';
import { any, flowOwners, group, groupOwners, later, manager, user } from './test/step-data.js';
import { type Entry } from './quorum.rule.js';
import { whyApprover } from './why.rule.js';

const step: ApprovalStep = {
  ...any(user('bob'), group('security'), manager, groupOwners, flowOwners, group('gone')),
  name: 'Security review',
  fallback: any(user('bob'), group('security')),
  escalation: later(any(user('bob'), manager)),
};
const names = {
  requester: 'Alice Adams',
  group: 'Production database',
  flow: 'Databases',
  groups: new Map([['security', 'Security']]),
};

it.each<[Entry, boolean, string]>([
  [{ tier: 'step', entry: 0 }, false, 'You are an approver of step 2 (Security review).'],
  [{ tier: 'step', entry: 1 }, false, 'You are a member of Security, an approver of step 2 (Security review).'],
  [{ tier: 'step', entry: 2 }, false, 'You are the manager of Alice Adams.'],
  [{ tier: 'step', entry: 3 }, false, 'You are an owner of the group Production database.'],
  [{ tier: 'step', entry: 4 }, false, 'You are an owner of the access flow Databases.'],
  [{ tier: 'step', entry: 5 }, false, 'You are a member of a group, an approver of step 2 (Security review).'],
  [{ tier: 'step', entry: 9 }, false, 'You are an approver of step 2 (Security review).'],
  [
    { tier: 'fallback', entry: 0 },
    false,
    'The approvers of the step cannot reach their quorum: you are named as fallback.',
  ],
  [
    { tier: 'fallback', entry: 1 },
    false,
    'The approvers of the step cannot reach their quorum: you are a member of Security, named as fallback.',
  ],
  [{ tier: 'escalation', entry: 0 }, true, 'The step escalated to you after 4 hours.'],
  [
    { tier: 'escalation', entry: 1 },
    true,
    'The step escalated to you after 4 hours: you are the manager of Alice Adams.',
  ],
  [
    { tier: 'escalation', entry: 0 },
    false,
    'The approvers of the step cannot reach their quorum: it escalated to you.',
  ],
  [
    { tier: 'escalation', entry: 1 },
    false,
    'The approvers of the step cannot reach their quorum: it escalated to you, since you are the manager of Alice Adams.',
  ],
  [
    { tier: 'flow_owners', entry: 0 },
    false,
    'The approvers of the step cannot reach their quorum: you are an owner of the access flow Databases.',
  ],
  [{ tier: 'administrators', entry: 0 }, false, 'No user can decide the step: you are an administrator.'],
])('%j, escalated %s: %s', (entry, escalated, expected) => {
  expect(whyApprover([entry], { step, index: 1, escalated }, names)).toEqual([expected]);
});

it.each([
  [60, '1 minute'],
  [90, '90 seconds'],
  [5400, '90 minutes'],
  [3600, '1 hour'],
  [86_400, '1 day'],
  [129_600, '36 hours'],
  [604_800, '7 days'],
])('%i seconds are %s', (afterSeconds, expected) => {
  const open = { step: { ...step, escalation: { ...any(user('bob')), afterSeconds } }, index: 0, escalated: true };
  expect(whyApprover([{ tier: 'escalation', entry: 0 }], open, names)).toEqual([
    `The step escalated to you after ${expected}.`,
  ]);
});

it('each entry of an approver has a sentence', () => {
  const { name: _, ...unnamed } = step;
  const entries: Entry[] = [
    { tier: 'step', entry: 2 },
    { tier: 'step', entry: 1 },
  ];
  expect(whyApprover(entries, { step: unnamed, index: 0, escalated: false }, names)).toEqual([
    'You are the manager of Alice Adams.',
    'You are a member of Security, an approver of step 1.',
  ]);
});
