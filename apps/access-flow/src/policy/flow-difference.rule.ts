import { type ApprovalStep, type ApproverSet, type FlowChange, type FlowRules } from '@tidegate/contracts';
import { isDeepStrictEqual } from 'node:util';
import { describeSet, describeSource, describeStep, type Names } from '../approval/describe-step.rule.js';
import { counted, inWords } from '../common/in-words.rule.js';
import { describeCondition } from './describe-condition.rule.js';
import { SETTING_NAMES } from './flow-settings.rule.js';

type Value<K extends keyof FlowRules> = NonNullable<FlowRules[K]>;
type Describe<T> = (value: T, names: Names) => string;

const asIs: Describe<string | number | boolean> = String;
const seconds: Describe<number> = inWords;
const texts: Describe<readonly string[]> = (values) => values.join(', ') || 'none';
const references: Describe<readonly string[]> = (ids, names) =>
  ids.map((id) => names.get(id) ?? id).join(', ') || 'none';

/** How the value of each setting is written. */
const DESCRIBED: { [K in Exclude<keyof FlowRules, 'steps'>]: Describe<Value<K>> } = {
  name: (name) => JSON.stringify(name),
  enabled: asIs,
  priority: asIs,
  labels: texts,
  eligibility: describeCondition,
  requesters: texts,
  groupIds: references,
  minDurationSeconds: seconds,
  maxDurationSeconds: seconds,
  pendingSeconds: seconds,
  requireJustification: asIs,
  distinctApprovers: asIs,
  ownerIds: references,
  extension: ({ approval, maxCount, maxSeconds }) =>
    `${approval === 'steps' ? 'by the steps' : 'automatic'}, ${counted(maxCount, 'extension')} of at most ${inWords(maxSeconds)}`,
  whenIneligible: asIs,
  maxGrantsPerUser: asIs,
  maxGrantsPerGroup: asIs,
};

/** What null means for the settings that can be null. */
const ABSENT: Partial<Record<keyof FlowRules, string>> = {
  pendingSeconds: 'the setting of Tidegate',
  extension: 'none',
  maxGrantsPerUser: 'no limit',
  maxGrantsPerGroup: 'no limit',
};

/** The settings that are lists, whose changes name what was added and removed. */
const LISTS: ReadonlySet<keyof FlowRules> = new Set(['labels', 'groupIds', 'ownerIds', 'requesters']);

/**
 * @param names the names of users and groups by id; an id without a name is shown as it is
 * @returns the settings that differ, in words and in the order of the settings
 */
export function flowDifference(before: FlowRules, after: FlowRules, names: Names): FlowChange[] {
  return SETTING_NAMES.filter((field) => !isDeepStrictEqual(before[field], after[field])).flatMap((field) => {
    if (field === 'steps') return stepsDifference(before.steps, after.steps, names);
    const words = (rules: FlowRules) => describeValue(field, rules, names);
    if (!LISTS.has(field)) return [change(field, words(before), words(after))];
    const items = (rules: FlowRules) => (rules[field] as string[]).map((each) => names.get(each) ?? each);
    return [listChange(field, [words(before), words(after)], items(before), items(after))];
  });
}

function describeValue(field: Exclude<keyof FlowRules, 'steps'>, rules: FlowRules, names: Names): string {
  const value = rules[field];
  if (value === null || value === undefined) return ABSENT[field] ?? 'none';
  return (DESCRIBED[field] as Describe<unknown>)(value, names);
}

function stepsDifference(before: readonly ApprovalStep[], after: readonly ApprovalStep[], names: Names): FlowChange[] {
  const longest = before.length > after.length ? before : after;
  return longest.flatMap((_, index) => {
    const [one, other] = [before[index], after[index]];
    const field = `steps[${index}]`;
    if (!one || !other) return [change(field, one && describeStep(one, names), other && describeStep(other, names))];
    return stepDifference(field, one, other, names);
  });
}

function stepDifference(field: string, before: ApprovalStep, after: ApprovalStep, names: Names): FlowChange[] {
  const escalation = ({ escalation: set }: ApprovalStep) =>
    set && `after ${inWords(set.afterSeconds)} by ${describeSet(set, names)}`;
  const fallback = ({ fallback: set }: ApprovalStep) => set && describeSet(set, names);
  const pairs: [string, (step: ApprovalStep) => string | undefined][] = [
    ['name', ({ name }) => name && JSON.stringify(name)],
    ['quorum', quorum],
    ['escalation', escalation],
    ['fallback', fallback],
    ['allowSelf', ({ allowSelf = false }) => String(allowSelf)],
    ['requireReason', ({ requireReason = false }) => String(requireReason)],
  ];
  const sources = (step: ApprovalStep) => step.approvers.map((source) => describeSource(source, names));
  return [
    ...(isDeepStrictEqual(before.approvers, after.approvers)
      ? []
      : [
          listChange(
            `${field}.approvers`,
            [sources(before).join(', '), sources(after).join(', ')],
            sources(before),
            sources(after),
          ),
        ]),
    ...pairs.flatMap(([name, of]) =>
      of(before) === of(after) ? [] : [change(`${field}.${name}`, of(before), of(after))],
    ),
  ];
}

const quorum = ({ quorum: kind, count }: ApproverSet) => (kind === 'count' ? counted(count ?? 1, 'user') : kind);

function change(field: string, before: string | undefined, after: string | undefined): FlowChange {
  const what = before === undefined ? `added ${after}` : after === undefined ? `removed ${before}` : undefined;
  const description = `${field}: ${what ?? `${before} → ${after}`}`;
  return { field, before: before ?? null, after: after ?? null, description };
}

/** A list whose items only moved is written as a whole. */
function listChange(
  field: string,
  [before, after]: [string, string],
  from: readonly string[],
  to: readonly string[],
): FlowChange {
  const added = to.filter((each) => !from.includes(each));
  const removed = from.filter((each) => !to.includes(each));
  const parts = [
    ...(added.length > 0 ? [`added ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`removed ${removed.join(', ')}`] : []),
  ];
  const description = `${field}: ${parts.join('; ') || `${before} → ${after}`}`;
  return { field, before, after, description };
}
