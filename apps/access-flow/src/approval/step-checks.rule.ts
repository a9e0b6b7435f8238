import { type ApprovalStep, type ApproverSet, approverSets, type ApproverSource } from '@tidegate/contracts';
import { usersUsedUp } from './distinct-checks.rule.js';
import { type Fault, keyOf, mostPeople, type StepSettings } from './step-sets.js';

/**
 * Finds steps that no user could approve, or that contradict themselves. Whether users and groups exist, and whether the
 * only approver is the only eligible user, is checked against the directory.
 *
 * @returns the faults, each with the path of its field and a text that continues it: `steps[0].count` `is required …`
 */
export function stepFaults(settings: StepSettings): Fault[] {
  const ofSteps = settings.steps.flatMap((step, index) => {
    const path = `steps[${index}]`;
    const ofSets = approverSets(step, path).flatMap(([setPath, set]) => [
      ...countFaults(set, setPath, settings.ownerIds),
      ...entryFaults(set, setPath, settings.ownerIds),
    ]);
    return [...ofSets, ...cycleFaults(step, path), ...managerFaults(step, path, settings.ownerIds)];
  });
  return [...ofSteps, ...usersUsedUp(settings)];
}

function countFaults(set: ApproverSet, path: string, ownerIds: readonly string[]): Fault[] {
  const field = `${path}.count`;
  if (set.quorum !== 'count') {
    if (set.count === undefined) return [];
    return [[field, `is not used by the quorum ${set.quorum}: remove it, or set quorum to count`]];
  }
  if (set.count === undefined) return [[field, 'is required for the quorum count: give the number of approvals']];
  const most = mostPeople(set.approvers, ownerIds);
  if (set.count <= most) return [];
  return [[field, `cannot be reached: approvers are at most ${most} different users. Lower it or add approvers`]];
}

function entryFaults({ approvers }: ApproverSet, path: string, ownerIds: readonly string[]): Fault[] {
  const keys = approvers.map(keyOf);
  return approvers.flatMap(({ kind }, index): Fault[] => {
    const field = `${path}.approvers[${index}]`;
    const first = keys.indexOf(keys[index]!);
    if (first < index) return [[field, `repeats ${path}.approvers[${first}]: remove it`]];
    if (kind !== 'flow_owners' || ownerIds.length > 0) return [];
    return [[field, 'has no users: the flow has no owners. Set ownerIds, or name other approvers']];
  });
}

/**
 * A fallback may name a part of the step's approvers if the step needs more than one approval: "the manager and Security;
 * if there is no manager, Security". It may name those of the escalation: "if there is no manager, or they do not answer".
 */
function cycleFaults(step: ApprovalStep, path: string): Fault[] {
  const { escalation, fallback } = step;
  const faults: Fault[] = [];
  if (escalation && isPart(escalation.approvers, step.approvers))
    faults.push([
      `${path}.escalation.approvers`,
      'must include an approver that the step does not have: its own approvers can already decide',
    ]);
  if (fallback && isPart(fallback.approvers, step.approvers))
    if (step.quorum === 'any' || isPart(step.approvers, fallback.approvers))
      faults.push([
        `${path}.fallback.approvers`,
        'must differ from those of the step: the fallback decides when these cannot. Name other approvers',
      ]);
  return faults;
}

const isPart = (some: readonly ApproverSource[], all: readonly ApproverSource[]): boolean => {
  const keys = new Set(all.map(keyOf));
  return some.every((source) => keys.has(keyOf(source)));
};

/** Users without a manager are common, so a step that needs the manager must say who decides for them. */
function managerFaults(step: ApprovalStep, path: string, ownerIds: readonly string[]): Fault[] {
  const others = [step.fallback, step.escalation].filter((set) => set !== undefined);
  if (!needsManager(step, ownerIds) || ownerIds.length > 0) return [];
  if (others.some((set) => !needsManager(set, ownerIds))) return [];
  return [
    [
      `${path}.fallback`,
      'is required, with approvers other than the manager: a user may have no manager. Or set ownerIds, the owners of the flow',
    ],
  ];
}

/** @returns whether the quorum cannot be reached if the user has no manager */
function needsManager({ approvers, quorum, count = 1 }: ApproverSet, ownerIds: readonly string[]): boolean {
  const others = approvers.filter(({ kind }) => kind !== 'manager');
  if (others.length === approvers.length) return false;
  return quorum === 'all' || mostPeople(others, ownerIds) < (quorum === 'count' ? count : 1);
}
