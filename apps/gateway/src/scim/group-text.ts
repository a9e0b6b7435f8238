import { type GroupRecord, type MemberRecord } from '@tidegate/contracts';
import { wantsAttribute } from '@tidegate/scim';
import { type ScimBody } from './answer.js';
import { groupResource, membersShown } from './resources.js';
import { type ScimCall } from './scim-call.js';

interface MemberPage {
  items: MemberRecord[];
  nextMember: string | null;
}

/** Asks for the members that follow a cursor. */
export type NextMembers = (groupId: string, after: string) => Promise<MemberPage>;

/** Whether members are part of the answer. */
export function wantsMembers({ types, projection }: ScimCall): boolean {
  return wantsAttribute(types.Group, 'members', projection);
}

/** A group as a value, or in pieces when some of the members that are to be shown did not come with it. */
export function groupBody(group: GroupRecord, call: ScimCall, next: NextMembers): ScimBody {
  const withMembers = wantsMembers(call);
  if (group.nextMember !== null && withMembers) return groupText(group, call, next);
  return groupResource(group, call, withMembers);
}

/** The JSON of a group in pieces: however big it is, one page of members is in memory. */
async function* groupText(group: GroupRecord, call: ScimCall, next: NextMembers): AsyncGenerator<string, void> {
  yield `${JSON.stringify(groupResource(group, call, false)).slice(0, -1)},"members":[`;
  let separator = '';
  let page: MemberPage = { items: group.members, nextMember: group.nextMember };
  for (;;) {
    const shown = membersShown(page.items, call);
    if (shown.length > 0) {
      yield separator + JSON.stringify(shown).slice(1, -1);
      separator = ',';
    }
    if (page.nextMember === null) break;
    page = await next(group.id, page.nextMember);
  }
  yield ']}';
}
