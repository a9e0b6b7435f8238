import { type GroupRecord, type MemberRecord, type ScimListQuery, type ScimListReply } from '@tidegate/contracts';
import { LIST_URN, wantsAttribute } from '@tidegate/scim';
import { groupResource, membersShown } from './resources.js';
import { type ScimCall } from './scim-call.js';

interface MemberPage {
  items: MemberRecord[];
  nextMember: string | null;
}

/** Asks for the members that follow a cursor. */
export type NextMembers = (groupId: string, after: string) => Promise<MemberPage>;

/** Whether the answer must fetch members that did not come with the group. */
export function isInParts(group: GroupRecord, { types, projection }: ScimCall): boolean {
  return group.nextMember !== null && wantsAttribute(types.Group, 'members', projection);
}

/** The JSON of a group in pieces: however big it is, one page of members is in memory. */
export async function* groupText(group: GroupRecord, call: ScimCall, next: NextMembers): AsyncGenerator<string, void> {
  if (!isInParts(group, call)) {
    yield JSON.stringify(groupResource(group, call, wantsAttribute(call.types.Group, 'members', call.projection)));
    return;
  }
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

/** The JSON of a list of groups in pieces (RFC 7644 §3.4.2). */
export async function* groupListText(
  { totalResults, items }: ScimListReply<GroupRecord>,
  { startIndex }: ScimListQuery,
  call: ScimCall,
  next: NextMembers,
): AsyncGenerator<string, void> {
  const head = { schemas: [LIST_URN], totalResults, startIndex, itemsPerPage: items.length };
  yield `${JSON.stringify(head).slice(0, -1)},"Resources":[`;
  for (const [index, group] of items.entries()) {
    if (index > 0) yield ',';
    yield* groupText(group, call, next);
  }
  yield ']}';
}
