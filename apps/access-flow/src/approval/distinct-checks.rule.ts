import { type ApproverSet } from '@tidegate/contracts';
import { type Fault, type StepSettings } from './step-sets.js';

/**
 * Finds steps of named users that earlier steps use up, if a person may act on one step only: bob alone for the first
 * step and bob alone for the second.
 *
 * @returns the faults, see `stepFaults`
 */
export function usersUsedUp({ steps, distinctApprovers }: StepSettings): Fault[] {
  if (!distinctApprovers) return [];
  const used = new Set<string>();
  return steps.flatMap((step, index): Fault[] => {
    const users = namedUsers(step);
    if (!users) return [];
    const needed = neededOf(step, users);
    const left = [...users].filter((id) => !used.has(id));
    if (needed === users.size) users.forEach((id) => used.add(id));
    // More than the named users is a fault of the count.
    if (left.length >= needed || needed > users.size) return [];
    return [
      [
        `steps[${index}].approvers`,
        'must include users that no earlier step needs: a person may act on one step only. Name others, or set distinctApprovers to false',
      ],
    ];
  });
}

/** @returns the users, or undefined if another source is named */
function namedUsers({ approvers }: ApproverSet): ReadonlySet<string> | undefined {
  const ids = approvers.flatMap((source) => (source.kind === 'user' ? [source.id] : []));
  return ids.length === approvers.length ? new Set(ids) : undefined;
}

/** @returns the fewest users who must approve */
function neededOf({ quorum, count = 1 }: ApproverSet, users: ReadonlySet<string>): number {
  return { any: 1, all: users.size, count }[quorum];
}
