import { type GroupRecord, type MemberRecord } from '@tidegate/contracts';
import { wantsAttribute } from '@tidegate/scim';
import { type ScimBody } from './response.js';
import { groupResource, membersShown } from './resources.js';
import { type ScimCall } from './scim-call.js';

interface MemberPage {
  items: MemberRecord[];
  nextMember: string | null;
}

/** Fetches the members after a cursor. */
export type NextMembers = (groupId: string, after: string) => Promise<MemberPage>;

/** Whether the response includes members. */
export function wantsMembers({ types, projection }: ScimCall): boolean {
  return wantsAttribute(types.Group, 'members', projection);
}

/** @returns the group as a value; as a stream when more members must be fetched */
export function groupBody(group: GroupRecord, call: ScimCall, next: NextMembers): ScimBody {
  const withMembers = wantsMembers(call);
  if (group.nextMember !== null && withMembers) return groupText(group, call, next);
  return groupResource(group, call, withMembers);
}

/** Streams the JSON of a group, with one page of members in memory at a time. */
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
