import { type GroupRecord, type MemberRecord, type ScimListQuery, type ScimListReply } from '@tidegate/contracts';
import { LIST_URN, listResponse, type ScimAttributes, wantsAttribute } from '@tidegate/scim';
import { type ScimAnswer } from './answer.js';
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

/** A group as a value, or in pieces when some of its members did not come with it. */
export function groupBody(group: GroupRecord, call: ScimCall, next: NextMembers): ScimAnswer['body'] {
  return isInParts(group, call) ? groupText(group, call, next) : wholeGroup(group, call);
}

/** A list of groups (RFC 7644 §3.4.2) as a value, or in pieces when one of them must be. */
export function groupListBody(
  found: ScimListReply<GroupRecord>,
  { startIndex }: ScimListQuery,
  call: ScimCall,
  next: NextMembers,
): ScimAnswer['body'] {
  const { items, totalResults } = found;
  if (items.some((group) => isInParts(group, call))) return groupListText(found, startIndex, call, next);
  const groups = items.map((group) => wholeGroup(group, call));
  return listResponse(groups, { totalResults, startIndex });
}

/** Whether the answer must fetch members that did not come with the group. */
function isInParts(group: GroupRecord, call: ScimCall): boolean {
  return group.nextMember !== null && wantsMembers(call);
}

function wholeGroup(group: GroupRecord, call: ScimCall): ScimAttributes {
  return groupResource(group, call, wantsMembers(call));
}

/** The JSON of a group in pieces: however big it is, one page of members is in memory. */
async function* groupText(group: GroupRecord, call: ScimCall, next: NextMembers): AsyncGenerator<string, void> {
  if (!isInParts(group, call)) {
    yield JSON.stringify(wholeGroup(group, call));
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

async function* groupListText(
  { totalResults, items }: ScimListReply<GroupRecord>,
  startIndex: number,
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
