import { APPROVER_TIERS, type ApprovalStep, type ApproverSource, type ApproverTier } from '@tidegate/contracts';
import * as fc from 'fast-check';
import {
  all,
  any,
  approvals,
  atLeast,
  candidates,
  flowOwners,
  group,
  later,
  manager,
  people,
  steps,
  user,
} from './test/step-data.js';
import { type Approval } from './quorum.rule.js';
import {
  actingCandidates,
  type ActingRules,
  type Candidates,
  candidatesOf,
  mayAct,
  openTiers,
  type Given,
} from './routing.rule.js';

const nobody: Candidates = { step: [], fallback: [], escalation: [], flow_owners: [] };
const approval = (reviewer: string, tier: ApproverTier, entry: number): Approval => ({
  reviewer,
  entries: [{ tier, entry }],
});

const managerAndSecurity: ApprovalStep = {
  ...all(manager, group('security')),
  fallback: atLeast(2, group('security')),
  escalation: later(any(user('dan'))),
};
const everybody: Candidates = {
  step: [['bob'], ['carol', 'erin']],
  fallback: [['carol', 'erin']],
  escalation: [['dan']],
  flow_owners: ['dan'],
};
const managerOnly = any(manager);

/** What changes, one after the other, with the open tiers after each. */
const sequences: [string, ApprovalStep, [Partial<Candidates> & Partial<Given>, ApproverTier[]][]][] = [
  [
    'a tier opens when the one before cannot reach its quorum',
    managerAndSecurity,
    [
      [everybody, ['step']],
      [{ step: [[], ['carol', 'erin']] }, ['fallback']], // the manager leaves
      [{ fallback: [['carol']], step: [[], ['carol']] }, ['escalation']], // one member of Security is left, two are needed
      [{ escalation: [[]] }, ['flow_owners']], // dan is not an approver any more
      [{ flow_owners: [] }, ['administrators']], // nobody is left
      [{ step: [['bob'], ['carol']] }, ['step']], // a new manager
    ],
  ],
  [
    'approvals stand for people who left',
    managerAndSecurity,
    [
      [everybody, ['step']],
      [{ approvals: [approval('bob', 'step', 0)], step: [[], ['carol', 'erin']] }, ['step']], // the manager approves
      [{ step: [[], ['carol']] }, ['step']], // erin leaves
      [{ step: [[], []], fallback: [[]] }, ['escalation']], // carol leaves
    ],
  ],
  [
    'the escalation opens after its time, beside the first tier',
    managerAndSecurity,
    [
      [everybody, ['step']],
      [{ escalated: true }, ['step', 'escalation']],
      [{ step: [[], []] }, ['fallback', 'escalation']], // the approvers of the step leave
      [{ fallback: [[]] }, ['escalation']],
    ],
  ],
  [
    'an escalation of nobody does not open',
    managerAndSecurity,
    [
      [{ ...everybody, escalation: [[]], escalated: true }, ['step']],
      [{ step: [], fallback: [] }, ['flow_owners']],
    ],
  ],
  [
    'a step without fallback and escalation goes to the owners',
    managerOnly,
    [
      [{ ...everybody, escalated: true }, ['step']], // candidates of lists that the step does not have are ignored
      [{ step: [[]] }, ['flow_owners']],
      [{ flow_owners: [] }, ['administrators']],
    ],
  ],
];

it.each(sequences)('%s', (_, step, sequence) => {
  let state = { ...nobody, approvals: [] as readonly Approval[], escalated: false };
  sequence.forEach(([change, expected], index) => {
    state = { ...state, ...change };
    expect([index, openTiers(step, state, state)]).toEqual([index, expected]);
  });
});

const own: ActingRules = {
  requester: 'alice',
  madeBy: 'alice',
  allowSelf: false,
  distinctApprovers: true,
  reviewedStep: new Set(),
  reviewedEarlier: new Set(),
};
const self = { ...own, allowSelf: true };
const byErin = { ...own, madeBy: 'erin' };
const again = { ...own, distinctApprovers: false };
const bob = new Set(['bob']);
const alice = new Set(['alice']);

it.each<[string, string, ActingRules, Parameters<typeof mayAct>[2], boolean]>([
  ['an approver acts', 'bob', own, 'user', true],
  ['a manager acts', 'bob', own, 'manager', true],
  ['an administrator acts', 'dan', own, 'administrator', true],
  ['the requester does not act', 'alice', own, 'user', false],
  ['the requester does not act as a member of a group', 'alice', own, 'group', false],
  ['the requester acts if the step allows it', 'alice', self, 'user', true],
  [
    'the requester acts on a request that another made, if the step allows it',
    'alice',
    { ...self, madeBy: 'erin' },
    'group',
    true,
  ],
  ['the requester does not act on a request that another made', 'alice', byErin, 'user', false],
  ['nobody acts as their own manager', 'alice', self, 'manager', false],
  ['no administrator acts on their own request', 'alice', self, 'administrator', false],
  ['the person who made the request for another does not act', 'erin', byErin, 'user', false],
  ['nor if the step allows self-approval', 'erin', { ...byErin, allowSelf: true }, 'user', false],
  ['nor as the manager', 'erin', byErin, 'manager', false],
  ['nor as an administrator', 'erin', byErin, 'administrator', false],
  ['others act on a request that was made for another', 'bob', byErin, 'user', true],
  ['a person acts on a step once', 'bob', { ...own, reviewedStep: bob }, 'user', false],
  ['also without distinct approvers', 'bob', { ...again, reviewedStep: bob }, 'user', false],
  ['a person acts on one step only', 'bob', { ...own, reviewedEarlier: bob }, 'user', false],
  ['without distinct approvers, on each step', 'bob', { ...again, reviewedEarlier: bob }, 'user', true],
  ['others act on later steps', 'carol', { ...own, reviewedEarlier: bob }, 'user', true],
  ['self-approval is once, too', 'alice', { ...self, reviewedEarlier: alice }, 'user', false],
])('%s', (_, person, rules, as, expected) => {
  expect(mayAct(person, rules, as)).toBe(expected);
});

it('candidates are those who may act, for each entry', () => {
  const step: ApprovalStep = {
    ...all(manager, group('security'), flowOwners),
    fallback: any(group('security')),
    escalation: later(any(user('alice'), user('bob'))),
  };
  const resolved: Candidates = {
    step: [['alice'], ['alice', 'bob', 'carol'], ['alice', 'dan']],
    fallback: [['alice', 'erin']],
    escalation: [['alice'], ['bob'], ['carol']],
    flow_owners: ['alice', 'dan'],
  };
  expect(actingCandidates(step, resolved, { ...byErin, reviewedEarlier: bob })).toEqual({
    step: [[], ['carol'], ['dan']],
    fallback: [[]],
    escalation: [[], []],
    flow_owners: ['dan'],
  });
  expect(actingCandidates(step, resolved, self)).toEqual({
    step: [[], ['alice', 'bob', 'carol'], ['alice', 'dan']],
    fallback: [['alice', 'erin']],
    escalation: [['alice'], ['bob']],
    flow_owners: ['dan'],
  });
  expect(actingCandidates(managerOnly, resolved, own)).toEqual({
    step: [[]],
    fallback: [],
    escalation: [],
    flow_owners: ['dan'],
  });
});

it('the candidates of a step are the people of each entry of its lists, and the owners of the flow', () => {
  const people: Record<string, string[]> = { manager: ['bob'], security: ['carol', 'erin'], dan: ['dan'] };
  const of = (source: ApproverSource) => people['id' in source ? source.id : source.kind] ?? [];
  expect(candidatesOf(managerAndSecurity, { of, owners: ['dan'] })).toEqual(everybody);
  expect(candidatesOf(managerOnly, { of, owners: [] })).toEqual({ ...nobody, step: [['bob']] });
});

const given = fc.record({ approvals, escalated: fc.boolean() });

it('a step always has an open tier, and none twice', () => {
  fc.assert(
    fc.property(steps, candidates, given, (step, who, what) => {
      const open = openTiers(step, who, what);
      expect(open.length).toBeGreaterThan(0);
      expect(new Set(open).size).toBe(open.length);
    }),
  );
});

it('people who leave never open an earlier tier', () => {
  const first = (step: ApprovalStep, who: Candidates, what: Given) =>
    APPROVER_TIERS.indexOf(openTiers(step, who, what)[0]!);
  fc.assert(
    fc.property(steps, candidates, given, people, (step, who, what, person) => {
      const without = (entries: Candidates['step']) => entries.map((list) => list.filter((one) => one !== person));
      const left: Candidates = {
        step: without(who.step),
        fallback: without(who.fallback),
        escalation: without(who.escalation),
        flow_owners: who.flow_owners.filter((one) => one !== person),
      };
      expect(first(step, left, what)).toBeGreaterThanOrEqual(first(step, who, what));
    }),
  );
});

it('no requester acts without self-approval, and nobody who made the request for another', () => {
  const flags = fc.record({ allowSelf: fc.boolean(), distinctApprovers: fc.boolean() });
  fc.assert(
    fc.property(steps, candidates, flags, people, people, (step, who, some, requester, madeBy) => {
      const rules = { ...own, ...some, requester, madeBy };
      const acting = actingCandidates(step, who, rules);
      const all = [...acting.step, ...acting.fallback, ...acting.escalation, acting.flow_owners].flat();
      if (!rules.allowSelf) expect(all).not.toContain(requester);
      if (madeBy !== requester) expect(all).not.toContain(madeBy);
      expect(acting.flow_owners).not.toContain(requester);
    }),
  );
});
