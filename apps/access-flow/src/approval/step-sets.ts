import { type ApprovalStep, type ApproverSet, type ApproverSource } from '@tidegate/contracts';

/** The settings of a flow that decide whether its steps can be approved. */
export interface StepSettings {
  steps: readonly ApprovalStep[];
  /** The owners of the flow. */
  ownerIds: readonly string[];
  /** Whether a person may act on one step of a request only. */
  distinctApprovers: boolean;
}

/** The path of a field, and a text that continues it. */
export type Fault = [field: string, message: string];

/** @returns a text that is equal for equal sources */
export const keyOf = (source: ApproverSource): string => ('id' in source ? `${source.kind} ${source.id}` : source.kind);

/** @returns the lists of approvers of a step, with their paths */
export function namedSets(step: ApprovalStep, path: string): [path: string, set: ApproverSet][] {
  const { fallback, escalation } = step;
  return [
    [path, step],
    ...(fallback ? [[`${path}.fallback`, fallback] satisfies [string, ApproverSet]] : []),
    ...(escalation ? [[`${path}.escalation`, escalation] satisfies [string, ApproverSet]] : []),
  ];
}

/** @returns the most different users that the sources can be; Infinity if it depends on the directory */
export function mostPeople(approvers: readonly ApproverSource[], ownerIds: readonly string[]): number {
  if (approvers.some(({ kind }) => kind === 'group' || kind === 'group_owners')) return Infinity;
  const users = approvers.flatMap((source) => {
    if (source.kind === 'user') return [source.id];
    return source.kind === 'flow_owners' ? ownerIds : [];
  });
  return new Set(users).size + (approvers.some(({ kind }) => kind === 'manager') ? 1 : 0);
}

/** @returns the sources of approvers of all steps */
export const approverSources = ({ steps }: Pick<StepSettings, 'steps'>): ApproverSource[] =>
  steps.flatMap((step) => namedSets(step, '')).flatMap(([, { approvers }]) => approvers);
