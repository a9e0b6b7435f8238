import { type ApprovalStep, type ApproverSet, type ApproverSource, QUORUMS, STEP_LIMITS } from '@tidegate/contracts';
import * as fc from 'fast-check';

export const user = (id: string): ApproverSource => ({ kind: 'user', id });
export const group = (id: string): ApproverSource => ({ kind: 'group', id });
export const manager: ApproverSource = { kind: 'manager' };
export const groupOwners: ApproverSource = { kind: 'group_owners' };
export const flowOwners: ApproverSource = { kind: 'flow_owners' };

export const any = (...approvers: ApproverSource[]): ApproverSet => ({ approvers, quorum: 'any' });
export const all = (...approvers: ApproverSource[]): ApproverSet => ({ approvers, quorum: 'all' });
export const atLeast = (count: number, ...approvers: ApproverSource[]): ApproverSet => ({
  approvers,
  quorum: 'count',
  count,
});
/** The set as an escalation after 4 hours. */
export const later = (set: ApproverSet) => ({ ...set, afterSeconds: 14_400 });

export const people = fc.constantFrom('alice', 'bob', 'carol', 'dan', 'erin');

const sources = fc.oneof(
  people.map(user),
  fc.constantFrom('security', 'database').map(group),
  fc.constantFrom(manager, groupOwners, flowOwners),
);

export const sets: fc.Arbitrary<ApproverSet> = fc
  .record({
    approvers: fc.array(sources, { minLength: 1, maxLength: 3 }),
    quorum: fc.constantFrom(...QUORUMS),
    count: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ approvers, quorum, count }) => ({ approvers, quorum, ...(quorum === 'count' ? { count } : {}) }));

export const steps: fc.Arbitrary<ApprovalStep> = fc
  .tuple(sets, fc.option(sets), fc.option(sets))
  .map(([step, fallback, escalation]) => ({
    ...step,
    ...(fallback && { fallback }),
    ...(escalation && { escalation: { ...escalation, afterSeconds: STEP_LIMITS.shortestEscalationSeconds } }),
  }));

export const entryPeople = fc.array(fc.uniqueArray(people, { maxLength: 2 }), { maxLength: 3 });
export const candidates = fc.record({
  step: entryPeople,
  fallback: entryPeople,
  escalation: entryPeople,
  flow_owners: fc.uniqueArray(people, { maxLength: 2 }),
});

export const entries = fc.array(
  fc.record({
    tier: fc.constantFrom('step', 'fallback', 'escalation', 'flow_owners', 'administrators'),
    entry: fc.nat({ max: 3 }),
  }),
  { maxLength: 3 },
);
export const approvals = fc.array(fc.record({ reviewer: people, entries }), { maxLength: 5 });
