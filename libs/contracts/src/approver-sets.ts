import { type ApprovalStep, type ApproverSet, type ApproverSource } from './commands/approval.dto.js';

/**
 * @param path the field that contains the step, such as `steps[0]`
 * @returns the lists of approvers of a step: its own, its fallback and its escalation, with paths such as `steps[0].fallback`
 */
export function approverSets(step: ApprovalStep, path: string): [path: string, set: ApproverSet][] {
  const { fallback, escalation } = step;
  return [
    [path, step],
    ...(fallback ? [[`${path}.fallback`, fallback] satisfies [string, ApproverSet]] : []),
    ...(escalation ? [[`${path}.escalation`, escalation] satisfies [string, ApproverSet]] : []),
  ];
}

/** @returns the lists of approvers of all steps, with their paths below `steps` */
export const allApproverSets = (steps: readonly ApprovalStep[]): [path: string, set: ApproverSet][] =>
  steps.flatMap((step, index) => approverSets(step, stepAt(index)));

/** @returns the sources of approvers of all steps */
export const approverSources = ({ steps }: { steps: readonly ApprovalStep[] }): ApproverSource[] =>
  allApproverSets(steps).flatMap(([, { approvers }]) => approvers);

/**
 * Replaces the sources of approvers of steps.
 * @param visit returns the new source; `path` is that of the source, such as `steps[0].fallback.approvers[1]`
 * @returns a copy; the steps themselves are unchanged
 */
export function mapApprovers(
  steps: readonly ApprovalStep[],
  visit: (source: ApproverSource, path: string) => ApproverSource,
): ApprovalStep[] {
  const mapped = <T extends ApproverSet>(set: T, path: string): T => ({
    ...set,
    approvers: set.approvers.map((source, index) => visit(source, `${path}.approvers[${index}]`)),
  });
  return steps.map((step, index) => {
    const path = stepAt(index);
    const { fallback, escalation } = step;
    return {
      ...mapped(step, path),
      ...(fallback && { fallback: mapped(fallback, `${path}.fallback`) }),
      ...(escalation && { escalation: mapped(escalation, `${path}.escalation`) }),
    };
  });
}

const stepAt = (index: number) => `steps[${index}]`;
