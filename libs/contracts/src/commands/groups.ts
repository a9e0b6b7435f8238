import { type MemberChange, type PatchOperation, type ScimAttributes } from '@tidegate/scim';
import { type GroupState } from '../event-data.js';
import { type Call, type Done } from './call.js';
import { type Page, type PageQuery } from './common.dto.js';
import { type Conditional, type ResourceRecord, type ScimListQuery, type ScimListReply } from './resources.js';

export interface MemberRecord {
  id: string;
  type: 'User' | 'Group';
  /** `displayName` of the member; for a user without it, `userName`. */
  display: string;
}

/** A group as identity stores it. */
export interface GroupRecord extends ResourceRecord {
  /** The first members. */
  members: MemberRecord[];
  /** The `after` of `groups.members` for the next members, null if `members` is complete. */
  nextMember: string | null;
  /** Whether the group is one of the groups to sync. identity publishes no events for other groups. */
  synced: boolean;
}

/** The maximum number of groups in `groups.states` and `groups.match`. */
export const GROUPS_AT_ONCE = 500;
/** The maximum number of groups in a page of `groups.statePage`. */
export const GROUP_STATES_PER_PAGE = 50;
/** The maximum number of members of a group in a reply. */
export const MEMBER_IDS_PER_PAGE = 500;

/** The effect of a list of groups to sync. */
export interface SyncListMatch {
  /** The numbers of groups that the list would add to and remove from the groups to sync. */
  joining: number;
  leaving: number;
  /** The ids in `groupIds` of groups that the list would remove. */
  leavingIds: string[];
  /** Names in the list that no group has. */
  unmatched: string[];
}

/** Users of a group by id. `nextMember` is the `after` of the next page, null on the last page. */
export interface MemberIds {
  userIds: string[];
  nextMember: string | null;
}

/** A synced group with its first users. The users are those of its version or a later one. */
export interface GroupWithMembers extends MemberIds {
  group: GroupState;
}

export interface GroupCommands {
  'groups.create': Call<{ attributes: ScimAttributes }, GroupRecord>;
  'groups.get': Call<{ id: string; withMembers: boolean }, GroupRecord>;
  'groups.list': Call<ScimListQuery & { withMembers: boolean }, ScimListReply<GroupRecord>>;
  'groups.page': Call<PageQuery & { synced?: boolean }, Page<GroupRecord>>;
  /**
   * Compares `syncVersion` of up to `GROUPS_AT_ONCE` groups. `changed` has the groups with a higher value in identity,
   * `absent` the ids of groups that do not exist.
   */
  'groups.states': Call<{ groups: { id: string; syncVersion: number }[] }, { changed: GroupState[]; absent: string[] }>;
  /** The synced groups by id, up to `GROUP_STATES_PER_PAGE`. */
  'groups.statePage': Call<PageQuery, Page<GroupWithMembers>>;
  /** The users of a group after an id, up to `MEMBER_IDS_PER_PAGE`. `found` is null if no such group is synced. */
  'groups.memberPage': Call<{ id: string; after: string }, { found: GroupWithMembers | null }>;
  /** The effect of a list of groups to sync, which is not saved. Up to `GROUPS_AT_ONCE` ids. */
  'groups.match': Call<{ groupsToSync: string[]; groupIds: string[] }, SyncListMatch>;
  'groups.members': Call<
    { id: string; after: string; limit: number },
    { items: MemberRecord[]; nextMember: string | null }
  >;
  'groups.replace': Call<Conditional & { attributes: ScimAttributes }, GroupRecord>;
  /** `members` are changes of members that the caller has removed from `operations`. */
  'groups.patch': Call<Conditional & { operations: PatchOperation[]; members?: MemberChange[] }, GroupRecord>;
  'groups.delete': Call<Conditional, Done>;
}
