import { type ApprovalStep, type ApproverTier, type Verdict, VERDICTS } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { all, any, atLeast, entries, group, later, manager, people, steps, user } from './test/step-data.js';
import { approvedSeconds, decide, type Decision, type Review } from './verdict.rule.js';

const review = (reviewer: string, verdict: Verdict, step: number, tier: ApproverTier, ...of: number[]): Review => ({
  reviewer,
  verdict,
  step,
  entries: of.map((entry) => ({ tier, entry })),
});
const approve = (reviewer: string, step: number, ...of: number[]) => review(reviewer, 'approve', step, 'step', ...of);
const approveAs = (tier: ApproverTier, reviewer: string) => review(reviewer, 'approve', 0, tier, 0);
const deny = (reviewer: string, step: number, ...of: number[]) => review(reviewer, 'deny', step, 'step', ...of);

const approved: Decision = { status: 'approved' };
const denied = (step: number): Decision => ({ status: 'denied', step });
const pending = (step: number): Decision => ({ status: 'pending', step });

const bobOrCarol = any(user('bob'), user('carol'));
const managerThenSecurity = [any(manager), any(group('security'))];
const wide: ApprovalStep = {
  ...all(manager, user('carol')),
  fallback: all(user('dan'), user('erin')),
  escalation: later(atLeast(2, group('security'))),
};

/** The state without reviews, then the reviews in their order, each with the state after it. */
const table: [string, ApprovalStep[], Decision, [Review, Decision][]][] = [
  ['a request without steps is approved', [], approved, []],
  ['one approval approves', [bobOrCarol], pending(0), [[approve('carol', 0, 1), approved]]],
  ['one denial denies', [bobOrCarol], pending(0), [[deny('bob', 0, 0), denied(0)]]],
  [
    'a denial overrides approvals before and after it',
    [all(user('bob'), user('carol'), user('dan'))],
    pending(0),
    [
      [approve('bob', 0, 0), pending(0)], // first of three
      [deny('carol', 0, 1), denied(0)],
      [approve('dan', 0, 2), denied(0)], // too late
      [approve('carol', 0, 1), denied(0)], // carol's denial stays
    ],
  ],
  [
    'an approval by a person who belonged to no entry is ignored',
    [bobOrCarol],
    pending(0),
    [
      [approve('erin', 0), pending(0)],
      [approve('bob', 0, 0), approved],
    ],
  ],
  [
    'steps are approved in their order',
    managerThenSecurity,
    pending(0),
    [
      [approve('bob', 0, 0), pending(1)], // the manager
      [approve('carol', 1, 0), approved], // Security
    ],
  ],
  [
    'an approval of a later step counts when the earlier ones are approved',
    managerThenSecurity,
    pending(0),
    [
      [approve('carol', 1, 0), pending(0)], // Security before the manager
      [approve('bob', 0, 0), approved],
    ],
  ],
  [
    'an approval of one step does not count for another',
    managerThenSecurity,
    pending(0),
    [
      [approve('bob', 0, 0), pending(1)],
      [approve('carol', 0, 0), pending(1)], // a second approval of the first step
      [approve('dan', 7, 0), pending(1)], // a step that is not there
    ],
  ],
  [
    'a denial of any step denies, and the first denied step is given',
    managerThenSecurity,
    pending(0),
    [
      [deny('carol', 1, 0), denied(1)],
      [deny('bob', 0, 0), denied(0)],
    ],
  ],
  [
    'each tier has its own quorum',
    [wide],
    pending(0),
    [
      [approve('bob', 0, 0), pending(0)], // the manager: half of the step
      [approveAs('fallback', 'dan'), pending(0)], // half of the fallback
      [approveAs('escalation', 'alice'), pending(0)], // half of the escalation
      [approve('carol', 0, 1), approved], // completes the step
    ],
  ],
  [
    'the quorum of the fallback approves',
    [wide],
    pending(0),
    [
      [approveAs('fallback', 'dan'), pending(0)],
      [review('erin', 'approve', 0, 'fallback', 1), approved],
    ],
  ],
  [
    'the quorum of the escalation approves',
    [wide],
    pending(0),
    [
      [approveAs('escalation', 'dan'), pending(0)],
      [approveAs('escalation', 'dan'), pending(0)], // the same person
      [approveAs('escalation', 'erin'), approved],
    ],
  ],
  ['one owner of the flow is enough', [wide], pending(0), [[approveAs('flow_owners', 'dan'), approved]]],
  ['one administrator is enough', [wide], pending(0), [[approveAs('administrators', 'dan'), approved]]],
  [
    'a tier that the step does not have approves nothing',
    [bobOrCarol],
    pending(0),
    [
      [approveAs('fallback', 'dan'), pending(0)],
      [approveAs('escalation', 'dan'), pending(0)],
    ],
  ],
];

it.each(table)('%s', (_, flow, before, sequence) => {
  const reviews = sequence.map(([given]) => given);
  const states = [0, ...sequence.keys()].map((_, length) => decide(flow, reviews.slice(0, length)));
  expect(states).toEqual([before, ...sequence.map(([, state]) => state)]);
});

const reviews = fc.array(
  fc.record({ step: fc.nat({ max: 2 }), reviewer: people, verdict: fc.constantFrom(...VERDICTS), entries }),
  { maxLength: 8 },
);
const approvals = reviews.map((given) => given.map((one): Review => ({ ...one, verdict: 'approve' })));
const flows = fc.array(steps, { maxLength: 3 });
const shuffled = <T>(values: readonly T[]) => fc.shuffledSubarray([...values], { minLength: values.length });

it('the order of reviews has no effect', () => {
  const orders = fc.oneof(reviews, approvals).chain((given) => fc.tuple(fc.constant(given), shuffled(given)));
  fc.assert(fc.property(flows, orders, (flow, [one, other]) => expect(decide(flow, one)).toEqual(decide(flow, other))));
});

it('an approval more never moves a request back', () => {
  const progress = (flow: ApprovalStep[], given: Review[]) => {
    const state = decide(flow, given);
    return state.status === 'pending' ? state.step : Infinity;
  };
  fc.assert(
    fc.property(flows, approvals, approvals, (flow, given, more) =>
      expect(progress(flow, [...given, ...more])).toBeGreaterThanOrEqual(progress(flow, given)),
    ),
  );
});

it('a denial is final', () => {
  fc.assert(
    fc.property(flows, reviews, reviews, (flow, given, more) => {
      fc.pre(decide(flow, given).status === 'denied');
      expect(decide(flow, [...given, ...more]).status).toBe('denied');
    }),
  );
});

it.each<[string, number, [Verdict, (number | null)?][], number]>([
  ['without reviews, the requested duration', 3600, [], 3600],
  ['an approval without a duration changes nothing', 3600, [['approve'], ['approve', null]], 3600],
  ['an approver shortens', 3600, [['approve', 600]], 600],
  ['an approver cannot lengthen', 3600, [['approve', 7200]], 3600],
  [
    'the shortest counts',
    3600,
    [
      ['approve', 1200],
      ['approve', 600],
      ['approve', 1800],
    ],
    600,
  ],
  [
    'denials are ignored',
    3600,
    [
      ['deny', 60],
      ['approve', 600],
    ],
    600,
  ],
])('%s', (_, requested, given, expected) => {
  const durations = given.map(([verdict, durationSeconds]) => ({ verdict, durationSeconds }));
  expect(approvedSeconds(requested, durations)).toBe(expected);
});

it('no approver lengthens a duration', () => {
  const durations = fc.array(
    fc.record({ verdict: fc.constantFrom(...VERDICTS), durationSeconds: fc.option(fc.integer({ min: 1 })) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1 }), durations, (requested, given) =>
      expect(approvedSeconds(requested, given)).toBeLessThanOrEqual(requested),
    ),
  );
});
