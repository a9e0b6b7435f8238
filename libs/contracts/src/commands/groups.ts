import { type MemberChange, type PatchOperation, type ScimAttributes } from '@tidegate/scim';
import { type GroupState } from '../event-data.js';
import { type Done, fromAccessFlow, fromGateway } from './command-rule.js';
import { type Page, type PageQuery, type SearchQuery } from './common.dto.js';
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

export const GROUP_COMMANDS = {
  'groups.create': fromGateway.data<{ attributes: ScimAttributes }>().returns<GroupRecord>(),
  'groups.get': fromGateway.data<{ id: string; withMembers: boolean }>().returns<GroupRecord>(),
  'groups.list': fromGateway.data<ScimListQuery & { withMembers: boolean }>().returns<ScimListReply<GroupRecord>>(),
  'groups.page': fromGateway.data<SearchQuery & { synced?: boolean }>().returns<Page<GroupRecord>>(),
  /**
   * Compares `syncVersion` of up to `GROUPS_AT_ONCE` groups. `changed` has the groups with a higher value in identity,
   * `absent` the ids of groups that do not exist.
   */
  'groups.states': fromAccessFlow
    .data<{ groups: { id: string; syncVersion: number }[] }>()
    .returns<{ changed: GroupState[]; absent: string[] }>(),
  /** The synced groups by id, up to `GROUP_STATES_PER_PAGE`. */
  'groups.statePage': fromAccessFlow.data<PageQuery>().returns<Page<GroupWithMembers>>(),
  /** The users of a group after an id, up to `MEMBER_IDS_PER_PAGE`. `found` is null if no such group is synced. */
  'groups.memberPage': fromAccessFlow
    .data<{ id: string; after: string }>()
    .returns<{ found: GroupWithMembers | null }>(),
  /** The effect of a list of groups to sync, which is not saved. Up to `GROUPS_AT_ONCE` ids. */
  'groups.match': fromGateway.data<{ groupsToSync: string[]; groupIds: string[] }>().returns<SyncListMatch>(),
  'groups.members': fromGateway
    .data<{ id: string; after: string; limit: number }>()
    .returns<{ items: MemberRecord[]; nextMember: string | null }>(),
  'groups.replace': fromGateway.data<Conditional & { attributes: ScimAttributes }>().returns<GroupRecord>(),
  /** `members` are changes of members that the caller has removed from `operations`. */
  'groups.patch': fromGateway
    .data<Conditional & { operations: PatchOperation[]; members?: MemberChange[] }>()
    .returns<GroupRecord>(),
  'groups.delete': fromGateway.data<Conditional>().returns<Done>(),
};
