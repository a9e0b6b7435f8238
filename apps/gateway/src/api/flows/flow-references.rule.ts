import {
  type ApprovalStep,
  type ApproverSet,
  type FlowSettings,
  mapCondition,
  referenceTermsOf,
} from '@tidegate/contracts';
import { type FieldReferences, type Reference, references, type ReferencesByField } from '../common/references.rule.js';

/** Settings that refer to users and groups. */
type Referring = Partial<Pick<FlowSettings, 'groupIds' | 'ownerIds' | 'eligibility' | 'steps'>>;

const valuesAt = (path: string) => `${path}.values`;

/** @returns the ids and names in the settings of a flow, by the path of their field */
export function flowReferences({ groupIds, ownerIds, eligibility, steps = [] }: Referring): ReferencesByField<string> {
  const fields: Record<string, FieldReferences> = {
    groupIds: references('group', groupIds),
    ownerIds: references('user', ownerIds),
  };
  for (const { term, path } of eligibility ? referenceTermsOf(eligibility, 'eligibility') : [])
    fields[valuesAt(path)] = references(term.kind === 'group' ? 'group' : 'user', term.values);
  for (const [path, { approvers }] of steps.flatMap(setsOf))
    approvers.forEach((source, index) => {
      if ('id' in source) fields[approverAt(path, index)] = references(source.kind, source.id);
    });
  return fields;
}

/** @returns the settings with the ids of the objects that they name */
export function withIds<S extends Referring>(settings: S, objects: Readonly<Record<string, Reference[]>>): S {
  const { groupIds, ownerIds, eligibility, steps } = settings;
  const ids = (field: string) => (objects[field] ?? []).map(({ id }) => id);
  const named = <T extends ApproverSet>(set: T, path: string): T => ({
    ...set,
    approvers: set.approvers.map((source, index) =>
      'id' in source ? { ...source, id: ids(approverAt(path, index))[0]! } : source,
    ),
  });
  return {
    ...settings,
    ...(groupIds && { groupIds: ids('groupIds') }),
    ...(ownerIds && { ownerIds: ids('ownerIds') }),
    ...(eligibility && { eligibility: mapCondition(eligibility, (_, path) => ids(valuesAt(path)), 'eligibility') }),
    ...(steps && {
      steps: steps.map((step, index) => ({
        ...named(step, stepAt(index)),
        ...(step.fallback && { fallback: named(step.fallback, `${stepAt(index)}.fallback`) }),
        ...(step.escalation && { escalation: named(step.escalation, `${stepAt(index)}.escalation`) }),
      })),
    }),
  };
}

const stepAt = (index: number) => `steps[${index}]`;
const approverAt = (path: string, index: number) => `${path}.approvers[${index}].id`;

/** @returns the approvers of a step, its fallback and its escalation, with the path of each */
function setsOf({ fallback, escalation, ...step }: ApprovalStep, index: number): (readonly [string, ApproverSet])[] {
  const path = stepAt(index);
  return [
    [path, step],
    ...(fallback ? [[`${path}.fallback`, fallback] as const] : []),
    ...(escalation ? [[`${path}.escalation`, escalation] as const] : []),
  ];
}
