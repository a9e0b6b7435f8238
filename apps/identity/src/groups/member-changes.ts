import { BEFORE_ALL } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type MemberChange, memberMatcher, type MembersById, ScimError } from '@tidegate/scim';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type GroupRow } from './group.entity.js';
import { type MemberDifference, type MemberEffect } from './member-difference.js';
import { netMembers } from './groups.rule.js';
import { changeMembers, differenceTo, membersOf } from './members.queries.js';

type FilteredRemoval = Extract<MemberChange, { kind: 'removeWhere' }>;

/** The number of members read at a time. */
const PAGE = 5_000;

/** The result of the member changes of a write. */
export interface AppliedChanges extends MemberEffect {
  /** The applied changes; those with a filter contain the ids that the filter matched. */
  steps: MembersById[];
}

/**
 * Applies member changes in order; the caller holds the lock of the group. Consecutive changes by id are combined into
 * one write. Members are read only for changes with a filter.
 * @throws ScimError invalidValue (a member of itself)
 */
export async function applyMemberChanges(
  tx: Tx,
  group: GroupRow,
  changes: readonly MemberChange[],
): Promise<AppliedChanges> {
  const applied: AppliedChanges = { changed: [], unknown: [], steps: [] };
  let byId: MembersById[] = [];
  const write = async (steps: MembersById[]) => {
    const effect = await writeSteps(tx, group, steps);
    applied.changed = combine(applied.changed, effect.changed);
    applied.unknown.push(...effect.unknown);
    applied.steps.push(...steps);
  };
  for (const change of changes) {
    if (change.kind !== 'removeWhere') {
      byId.push(change);
      continue;
    }
    if (byId.length > 0) await write(byId);
    byId = [];
    await write([{ kind: 'remove', ids: await matchingIds(tx, group, change) }]);
  }
  if (byId.length > 0) await write(byId);
  return applied;
}

async function writeSteps(tx: Tx, group: GroupRow, steps: MembersById[]): Promise<MemberEffect> {
  await nextTurn(); // yields: reading and comparing the ids of a large group would block the event loop too long
  const wanted = netMembers(steps);
  const difference = wanted.kind === 'exactly' ? await differenceTo(tx, group, wanted.ids) : wanted;
  await nextTurn();
  if (difference.add.includes(group.id)) throw new ScimError('invalidValue', 'A group cannot be a member of itself.');
  return changeMembers(tx, group, difference);
}

/** @returns the ids of the members that match a filter */
async function matchingIds(tx: Tx, group: GroupRow, { filter }: FilteredRemoval): Promise<string[]> {
  const isMatch = memberMatcher(filter);
  const ids: string[] = [];
  for (let after = BEFORE_ALL; ;) {
    const members = (await membersOf(tx, [group], after, PAGE)).get(group.id)!;
    for (const { id, type, display } of members) if (isMatch({ value: id, type, display })) ids.push(id);
    if (members.length < PAGE) return ids;
    after = members.at(-1)!.id;
  }
}

/** Combines two successive results. A member that was added and removed again, or the reverse, is left out. */
function combine(first: MemberDifference[], second: MemberDifference[]): MemberDifference[] {
  if (first.length === 0) return second;
  const byId = new Map(first.map((difference) => [difference.id, difference]));
  for (const difference of second) if (!byId.delete(difference.id)) byId.set(difference.id, difference);
  return [...byId.values()];
}
