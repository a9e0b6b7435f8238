import { BEFORE_ALL } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type MemberChange, memberMatcher, type MembersById, ScimError } from '@tidegate/scim';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type GroupRow, type MemberDifference, type MemberEffect } from './group.row.js';
import { netMembers } from './groups.rule.js';
import { changeMembers, differenceTo, membersOf } from './members.queries.js';

type Where = Extract<MemberChange, { kind: 'removeWhere' }>;

/** Members that are looked at together. */
const PAGE = 5_000;

/** What a write made of the members. */
export interface MembersMade extends MemberEffect {
  /** What was done, with the ids of those whom filters meant. */
  steps: MembersById[];
}

/**
 * Makes changes of members one after the other; the caller holds the group's lock. What steps by ids come to is written
 * at once, and the members are read only where a filter chooses among them.
 * @throws ScimError invalidValue (a member of itself)
 */
export async function makeMemberChanges(
  tx: Tx,
  group: GroupRow,
  changes: readonly MemberChange[],
): Promise<MembersMade> {
  const made: MembersMade = { changed: [], unknown: [], steps: [] };
  let byId: MembersById[] = [];
  const write = async (steps: MembersById[]) => {
    const effect = await writeSteps(tx, group, steps);
    made.changed = together(made.changed, effect.changed);
    made.unknown.push(...effect.unknown);
    made.steps.push(...steps);
  };
  for (const change of changes) {
    if (change.kind !== 'removeWhere') {
      byId.push(change);
      continue;
    }
    if (byId.length > 0) await write(byId);
    byId = [];
    await write([{ kind: 'remove', ids: await meant(tx, group, change) }]);
  }
  if (byId.length > 0) await write(byId);
  return made;
}

async function writeSteps(tx: Tx, group: GroupRow, steps: MembersById[]): Promise<MemberEffect> {
  await nextTurn(); // reading the ids of a big group and looking through them is too long for one stretch
  const wanted = netMembers(steps);
  const difference = wanted.kind === 'exactly' ? await differenceTo(tx, group, wanted.ids) : wanted;
  await nextTurn();
  if (difference.add.includes(group.id)) throw new ScimError('invalidValue', 'A group cannot be a member of itself.');
  return changeMembers(tx, group, difference);
}

/** The ids of the members whom a filter means. */
async function meant(tx: Tx, group: GroupRow, { filter }: Where): Promise<string[]> {
  const isMeant = memberMatcher(filter);
  const ids: string[] = [];
  for (let after = BEFORE_ALL; ;) {
    const members = (await membersOf(tx, [group], after, PAGE)).get(group.id)!;
    for (const { id, type, display } of members) if (isMeant({ value: id, type, display })) ids.push(id);
    if (members.length < PAGE) return ids;
    after = members.at(-1)!.id;
  }
}

/** Who came and is gone again did not come: of each member one difference is told, or none. */
function together(first: MemberDifference[], then: MemberDifference[]): MemberDifference[] {
  if (first.length === 0) return then;
  const byId = new Map(first.map((difference) => [difference.id, difference]));
  for (const difference of then) if (!byId.delete(difference.id)) byId.set(difference.id, difference);
  return [...byId.values()];
}
