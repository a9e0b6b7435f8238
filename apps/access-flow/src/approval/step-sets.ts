import { type ApproverSource, type FlowRules } from '@tidegate/contracts';

/** The settings of a flow that decide whether its steps can be approved. */
export type StepSettings = Pick<FlowRules, 'steps' | 'ownerIds' | 'distinctApprovers'>;

/** The path of a field, and a text that continues it. */
export type Fault = [field: string, message: string];

/** @returns a text that is equal for equal sources */
export const keyOf = (source: ApproverSource): string => ('id' in source ? `${source.kind} ${source.id}` : source.kind);

/** @returns the most different users that the sources can be; Infinity if it depends on the directory */
export function mostPeople(approvers: readonly ApproverSource[], ownerIds: readonly string[]): number {
  if (approvers.some(({ kind }) => kind === 'group' || kind === 'group_owners')) return Infinity;
  const users = approvers.flatMap((source) => {
    if (source.kind === 'user') return [source.id];
    return source.kind === 'flow_owners' ? ownerIds : [];
  });
  return new Set(users).size + (approvers.some(({ kind }) => kind === 'manager') ? 1 : 0);
}
