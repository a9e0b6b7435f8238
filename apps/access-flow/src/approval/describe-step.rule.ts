import { type ApprovalStep, type ApproverSet, type ApproverSource } from '@tidegate/contracts';
import { counted, inWords, listInWords } from '../common/in-words.rule.js';

/** The names of users and groups by id; an id without a name is shown as it is. */
export type Names = ReadonlyMap<string, string>;

/** @returns a source of approvers in words: "the manager", "the members of Security" */
export function describeSource(source: ApproverSource, names: Names): string {
  switch (source.kind) {
    case 'user':
      return names.get(source.id) ?? source.id;
    case 'group':
      return `the members of ${names.get(source.id) ?? source.id}`;
    case 'manager':
      return 'the manager';
    case 'group_owners':
      return 'the owners of the group';
    case 'flow_owners':
      return 'the owners of the access flow';
  }
}

/** @returns who must approve, without a period: "any of bob@example.com or the manager" */
export function describeSet(set: ApproverSet, names: Names): string {
  const sources = set.approvers.map((source) => describeSource(source, names));
  if (set.quorum === 'count') return `${counted(set.count ?? 1, 'user')} of ${listInWords(sources)}`;
  if (sources.length === 1) return sources[0]!;
  return set.quorum === 'all' ? `all of ${listInWords(sources)}` : `any of ${listInWords(sources, 'or')}`;
}

/** @returns the step in one line without a period; the parts after the approvers only if the step has them */
export function describeStep(step: ApprovalStep, names: Names): string {
  const { name, fallback, escalation, requireReason, allowSelf } = step;
  const parts = [
    `${name ? `${name}: ` : ''}approval by ${describeSet(step, names)}`,
    ...(fallback ? [`if they cannot decide, by ${describeSet(fallback, names)}`] : []),
    ...(escalation ? [`after ${inWords(escalation.afterSeconds)} also by ${describeSet(escalation, names)}`] : []),
    ...(requireReason ? ['a comment is required'] : []),
    ...(allowSelf ? ['the user who gets access can approve'] : []),
  ];
  return parts.join('; ');
}
