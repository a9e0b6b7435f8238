import { type ApprovalStep, type ApproverSource, type ApproverTier } from '@tidegate/contracts';
import { type Approval, canBeReached } from './quorum.rule.js';

/** The people of each entry of each tier of a step. The administrators can always decide, so they are not listed. */
export interface Candidates {
  step: readonly (readonly string[])[];
  fallback: readonly (readonly string[])[];
  escalation: readonly (readonly string[])[];
  flow_owners: readonly string[];
}

/** The users behind the sources of approvers of a step, for one request. */
export interface People {
  /** Active users; of a large group only as many as a decision about a quorum needs. */
  of(source: ApproverSource): readonly string[];
  /** The owners of the flow. */
  owners: readonly string[];
}

/** @returns the people of each entry of a step */
export function candidatesOf(step: ApprovalStep, people: People): Candidates {
  const of = (sources: readonly ApproverSource[] = []) => sources.map((source) => people.of(source));
  return {
    step: of(step.approvers),
    fallback: of(step.fallback?.approvers),
    escalation: of(step.escalation?.approvers),
    flow_owners: people.owners,
  };
}

/** What decides who may act on a step. All people are keys, as in `Approval`. */
export interface ActingRules {
  /** The user who gets access. */
  requester: string;
  /** Who made the request; the requester, or another person on their behalf. */
  madeBy: string;
  /** The step's `allowSelf`. */
  allowSelf: boolean;
  /** Whether a person may act on one step of a request only. */
  distinctApprovers: boolean;
  /** Those who reviewed the step: a person reviews a step once. */
  reviewedStep: ReadonlySet<string>;
  /** Those who reviewed an earlier step. */
  reviewedEarlier: ReadonlySet<string>;
}

/**
 * @param as the source by which the person is an approver, or `administrator`
 * @returns whether the person may review the step
 */
export function mayAct(person: string, rules: ActingRules, as: ApproverSource['kind'] | 'administrator'): boolean {
  const { requester, madeBy, allowSelf, distinctApprovers, reviewedStep, reviewedEarlier } = rules;
  if (reviewedStep.has(person) || (distinctApprovers && reviewedEarlier.has(person))) return false;
  if (person === requester) return allowSelf && as !== 'manager' && as !== 'administrator';
  return person !== madeBy;
}

/**
 * @param resolved all active people of each entry
 * @returns the candidates without those who may not act. `allowSelf` is for the approvers that the step names: a
 * requester never decides as an owner of the flow when the step's approvers can't.
 */
export function actingCandidates(step: ApprovalStep, resolved: Candidates, rules: ActingRules): Candidates {
  const acting = (people: readonly (readonly string[])[], approvers: readonly ApproverSource[] = []) =>
    approvers.map(({ kind }, entry) => (people[entry] ?? []).filter((person) => mayAct(person, rules, kind)));
  const notSelf = { ...rules, allowSelf: false };
  return {
    step: acting(resolved.step, step.approvers),
    fallback: acting(resolved.fallback, step.fallback?.approvers),
    escalation: acting(resolved.escalation, step.escalation?.approvers),
    flow_owners: resolved.flow_owners.filter((person) => mayAct(person, notSelf, 'flow_owners')),
  };
}

/** What happened on a step. */
export interface Given {
  approvals: readonly Approval[];
  /** Whether the time of the escalation has passed. */
  escalated: boolean;
}

/**
 * The first tier that can reach its quorum, and the escalation after its time. If the first is `administrators`, no user
 * can decide: raise an alarm.
 *
 * @param candidates without those who may not act, see `actingCandidates`
 * @returns the tiers that can decide the step now, at least one
 */
export function openTiers(
  step: ApprovalStep,
  candidates: Candidates,
  { approvals, escalated }: Given,
): readonly ApproverTier[] {
  const reachable = (tier: 'step' | 'fallback' | 'escalation'): boolean => {
    const set = tier === 'step' ? step : step[tier];
    return set !== undefined && canBeReached(set, tier, candidates[tier], approvals);
  };
  const escalation = reachable('escalation');
  const later = escalated && escalation ? (['escalation'] as const) : [];
  if (reachable('step')) return ['step', ...later];
  if (reachable('fallback')) return ['fallback', ...later];
  if (escalation) return ['escalation'];
  return candidates.flow_owners.length > 0 ? ['flow_owners'] : ['administrators'];
}
