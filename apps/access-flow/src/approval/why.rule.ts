import { type ApprovalStep, type ApproverSource } from '@tidegate/contracts';
import { inWords } from '../common/in-words.rule.js';
import { type Entry } from './quorum.rule.js';

/** What the sentences name. */
export interface WhyNames {
  /** The display name of the user who gets access. */
  requester: string;
  /** The display name of the requested group. */
  group: string;
  /** The name of the flow. */
  flow: string;
  /** The display names of the groups of approvers by id. */
  groups: ReadonlyMap<string, string>;
}

/** A step of a request. */
export interface OpenStep {
  step: ApprovalStep;
  /** The index of the step. */
  index: number;
  /** Whether the time of its escalation has passed. It also opens earlier, when no one else can decide. */
  escalated: boolean;
}

/**
 * Answers "why am I the approver".
 *
 * @param entries of the approver in the open tiers, see `entriesOf` in requests/entries.ts
 * @returns one English sentence per entry
 */
export function whyApprover(entries: readonly Entry[], open: OpenStep, names: WhyNames): string[] {
  return entries.map((entry) => sentence(entry, open, names));
}

function sentence({ tier, entry }: Entry, { step, index, escalated }: OpenStep, names: WhyNames): string {
  if (tier === 'administrators') return 'No user can decide the step: you are an administrator.';
  if (tier === 'flow_owners')
    return `The approvers of the step cannot reach their quorum: ${belonging({ kind: 'flow_owners' }, names)}.`;
  const source = (tier === 'step' ? step : step[tier])?.approvers[entry];
  const named = source?.kind === 'user';
  const as = source ? belonging(source, names) : 'you are an approver';
  if (tier === 'step') return stepSentence(source, as, nameOf(step, index));
  if (tier === 'fallback')
    return `The approvers of the step cannot reach their quorum: ${named ? 'you are named' : `${as}, named`} as fallback.`;
  if (!escalated || !step.escalation)
    return `The approvers of the step cannot reach their quorum: it escalated to you${named ? '' : `, since ${as}`}.`;
  return `The step escalated to you after ${inWords(step.escalation.afterSeconds)}${named ? '' : `: ${as}`}.`;
}

function stepSentence(source: ApproverSource | undefined, as: string, step: string): string {
  if (!source || source.kind === 'user') return `You are an approver of ${step}.`;
  const sentence = `Y${as.slice(1)}`;
  return source.kind === 'group' ? `${sentence}, an approver of ${step}.` : `${sentence}.`;
}

/** @returns how a person belongs to a source */
function belonging(source: ApproverSource, { requester, group, flow, groups }: WhyNames): string {
  switch (source.kind) {
    case 'user':
      return 'you are named';
    case 'group':
      return `you are a member of ${groups.get(source.id) ?? 'a group'}`;
    case 'manager':
      return `you are the manager of ${requester}`;
    case 'group_owners':
      return `you are an owner of the group ${group}`;
    case 'flow_owners':
      return `you are an owner of the access flow ${flow}`;
  }
}

const nameOf = ({ name }: ApprovalStep, index: number) => `step ${index + 1}${name ? ` (${name})` : ''}`;
