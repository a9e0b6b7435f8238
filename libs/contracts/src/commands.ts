import { type MemberChange, type PatchOperation, type ScimAttributes } from '@tidegate/scim';
import { type Actor, type CommandContext } from './context.js';
import {
  type GrantState,
  type GrantStatus,
  type GroupState,
  type IntegrationState,
  type RequestStatus,
  type RequestStatusReason,
  type UserProfile,
  type UserState,
} from './events.js';
import { type Service } from './services.js';

/** Part of a longer list: pass `nextCursor` as `cursor` for the next part; null when this was the last. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Makes a page of rows that were read with one more than the limit, to know whether more follow. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  cursor: (row: Row) => string,
  record: (row: Row) => T,
): Page<T> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(record), nextCursor: last ? cursor(last) : null };
}

/**
 * How many bytes of JSON the records of a page of users or groups take at most; a record that is longer is a page of its
 * own. A page of a hundred has 20 KiB for each of them. Members of groups that do not fit are left to `groups.members`.
 */
export const LIST_BYTES = 2_097_152;

/** The longest part that a list gives at once. */
export const MAX_PAGE = 200;
export interface PageQuery {
  cursor?: string;
  /** 1 to `MAX_PAGE`. */
  limit: number;
}

/** A user as identity keeps it. `attributes` holds what SCIM may write, in schema case, without id, meta and groups. */
export interface UserRecord {
  id: string;
  attributes: ScimAttributes;
  active: boolean;
  version: number;
  createdAt: string;
  lastModifiedAt: string;
  /** The groups that SCIM pushed this user into, and those that these groups are members of. */
  groups: { value: string; display: string; type: 'direct' | 'indirect' }[];
}

export interface MemberRecord {
  id: string;
  type: 'User' | 'Group';
  /** The member's displayName; of a user without one, its userName. */
  display: string;
}

/** A group as identity keeps it, with the first members; `nextMember` is the cursor for `groups.members`, or null. */
export interface GroupRecord {
  id: string;
  attributes: ScimAttributes;
  version: number;
  createdAt: string;
  lastModifiedAt: string;
  members: MemberRecord[];
  nextMember: string | null;
  /** Whether it is one of the groups to sync: others are kept and told to nobody. */
  synced: boolean;
}

/** What a SCIM list asks (RFC 7644 §3.4.2). */
export interface ScimListQuery {
  /** Of the integration's SCIM endpoint, without a slash at the end: the URLs that a filter compares begin with it. */
  baseUrl: string;
  filter?: string;
  /** An attribute path; without one the order is that of creation. */
  sortBy?: string;
  sortOrder?: 'ascending' | 'descending';
  /** Counts from 1; has no meaning beside a cursor. */
  startIndex: number;
  count: number;
  /** Pages by cursor (RFC 9865): empty for the first page, else `nextCursor` or `previousCursor` of the page before. */
  cursor?: string;
}
export interface ScimListReply<T> {
  totalResults: number;
  items: T[];
  /** Only when paged by cursor; absent where there is no such page. */
  nextCursor?: string;
  previousCursor?: string;
}

/** The versions of which the resource must have one for a write to happen (RFC 9110 §13.1.1); `*` is any. */
export type IfMatch = '*' | number[];
interface Conditional {
  id: string;
  ifMatch?: IfMatch;
}

/** Who has to say yes: nobody, or one of the named users. */
export type Approval = { kind: 'automatic' } | { kind: 'one_approver'; approverIds: string[] };
/** Who may ask: every active user, or the members that Okta pushed into one of the groups. */
export type Requesters = { kind: 'everyone' } | { kind: 'members_of'; groupIds: string[] };

/** What the settings of a flow and what people ask under it may hold; durations are seconds. */
export const FLOW_LIMITS = {
  nameLength: 100,
  groups: 100,
  approvers: 20,
  /** A minute is the shortest grant that expiry can end on time. */
  shortestSeconds: 60,
  /** Thirty days. */
  longestSeconds: 2_592_000,
  justificationLength: 1000,
} as const;

export interface FlowSettings {
  name: string;
  enabled: boolean;
  requesters: Requesters;
  /** The groups that may be borrowed, by id: a rename changes what people read, not what they may have. */
  groupIds: string[];
  maxDurationSeconds: number;
  approval: Approval;
}
export interface FlowRecord extends FlowSettings {
  id: string;
  integrationId: string;
  version: number;
  createdAt: string;
  /** Null: made before it was kept. */
  createdBy: Actor | null;
  /** Who changed its settings last; null when nobody has. */
  updatedBy: Actor | null;
}

export interface RequestRecord {
  id: string;
  integrationId: string;
  flowId: string;
  userId: string;
  groupId: string;
  durationSeconds: number;
  justification: string | null;
  status: RequestStatus;
  statusReason: RequestStatusReason | null;
  /**
   * Who has to say yes. The approvers are those of the flow when the request was made, without those who have left it since;
   * when none is left who can decide, they are those whom the flow names then.
   */
  approval: Approval;
  /** Whether it is pending and no approver can decide it: none is left, or the only one is the requester. */
  undecidable: boolean;
  reviews: ReviewRecord[];
  /** Null: made before it was kept. */
  requestedBy: Actor | null;
  grantId: string | null;
  createdAt: string;
  expiresAt: string;
  version: number;
}

/** The word of the user `reviewerId`, as `reviewedBy` gave it: the user as a person, or an API key in the user's name. */
export interface ReviewRecord {
  reviewerId: string;
  verdict: 'approve' | 'deny';
  comment: string | null;
  createdAt: string;
  /** Null: made before it was kept. */
  reviewedBy: Actor | null;
}

export interface GrantRecord extends GrantState {
  integrationId: string;
  createdAt: string;
  /** Who extended it last; null when nobody has. */
  extendedBy: Actor | null;
  /** Who ended it, or what: a person, an API key, the SCIM client that deactivated the user, a job. */
  revokedBy: Actor | null;
  activatedAt: string | null;
  /** When it was decided that this grant ends. */
  revokingAt: string | null;
  endedAt: string | null;
}

/** A user of an integration who sees nothing there but what concerns that user: flows under which it may request or approve. */
export interface Member {
  integrationId: string;
  userId: string;
}

/** How many pending requests of an integration no one can decide. */
export interface UndecidableCount {
  integrationId: string;
  requests: number;
}

/** One effective membership: pushed by SCIM, or held by a live grant, or both. */
export interface EffectiveMembership {
  userId: string;
  userName: string;
  groupId: string;
  groupName: string;
  sources: ('scim' | 'grant')[];
  /** The latest end of the grants that hold it, or null when SCIM alone does. */
  endsAt: string | null;
}

/** How many users `users.deactivations` may be asked about at once. */
export const DEACTIVATIONS_AT_ONCE = 500;

/** How many groups `groups.states` and `groups.match` may be asked about at once. */
export const GROUPS_AT_ONCE = 500;

/** What saving a list of groups to sync would do. */
export interface SyncListMatch {
  /** How many groups would be taken in, and how many let go. */
  joining: number;
  leaving: number;
  /** Of the groups that were asked about, those that would be let go. */
  leavingIds: string[];
  /** Names that no group has. */
  unmatched: string[];
}

/** A group of which something is borrowed or asked for. */
export interface GroupInUse {
  groupId: string;
  liveGrants: number;
  openRequests: number;
}

/** The most groups of a page of `groups.statePage`. */
export const GROUP_STATES_PER_PAGE = 50;
/** The most members of a group that one answer holds. */
export const MEMBER_IDS_PER_PAGE = 500;

/** Users of a group in the order of their ids, and the id after which the next page begins; null on the last page. */
export interface MemberIds {
  userIds: string[];
  nextMember: string | null;
}

/** A synced group with its first users, as they are at its version or later. */
export interface GroupWithMembers extends MemberIds {
  group: GroupState;
}

type Call<Data, Reply> = { data: Data; reply: Reply };
type Done = Record<string, never>;
type NoData = Record<string, never>;

/** Every command: what goes in and what comes back. */
export interface CommandTypes {
  'users.create': Call<{ attributes: ScimAttributes }, UserRecord>;
  'users.get': Call<{ id: string; withGroups?: boolean }, UserRecord>;
  'users.list': Call<ScimListQuery & { withGroups?: boolean }, ScimListReply<UserRecord>>;
  /** `groups` of the records are empty. */
  'users.page': Call<PageQuery, Page<UserRecord>>;
  'users.replace': Call<Conditional & { attributes: ScimAttributes }, UserRecord>;
  'users.patch': Call<Conditional & { operations: PatchOperation[] }, UserRecord>;
  'users.delete': Call<Conditional, Done>;
  /** Which of these users were deactivated more often than the asker knows; at most `DEACTIVATIONS_AT_ONCE`. */
  'users.deactivations': Call<
    { users: { id: string; deactivations: number }[] },
    { changed: UserState[]; absent: string[] }
  >;
  /** The states and profiles of all users in the order of their ids; deleted ones with no attributes. */
  'users.statePage': Call<PageQuery, Page<UserProfile>>;
  /** How many users an integration has. */
  'users.count': Call<NoData, { users: number; activeUsers: number }>;
  'groups.create': Call<{ attributes: ScimAttributes }, GroupRecord>;
  'groups.get': Call<{ id: string; withMembers: boolean }, GroupRecord>;
  'groups.list': Call<ScimListQuery & { withMembers: boolean }, ScimListReply<GroupRecord>>;
  'groups.page': Call<PageQuery & { synced?: boolean }, Page<GroupRecord>>;
  /** Which of these groups were taken off the list since what the asker knows; at most `GROUPS_AT_ONCE`. */
  'groups.states': Call<{ groups: { id: string; syncVersion: number }[] }, { changed: GroupState[]; absent: string[] }>;
  /** The synced groups in the order of their ids; at most `GROUP_STATES_PER_PAGE`. */
  'groups.statePage': Call<PageQuery, Page<GroupWithMembers>>;
  /** The users of a synced group after an id; at most `MEMBER_IDS_PER_PAGE`. Null: no such group is synced. */
  'groups.memberPage': Call<{ id: string; after: string }, { found: GroupWithMembers | null }>;
  /** What would come of these groups to sync; changes nothing. At most `GROUPS_AT_ONCE` ids. */
  'groups.match': Call<{ groupsToSync: string[]; groupIds: string[] }, SyncListMatch>;
  'groups.members': Call<
    { id: string; after: string; limit: number },
    { items: MemberRecord[]; nextMember: string | null }
  >;
  'groups.replace': Call<Conditional & { attributes: ScimAttributes }, GroupRecord>;
  /** `members` are changes of members that the asker has taken out of the operations. */
  'groups.patch': Call<Conditional & { operations: PatchOperation[]; members?: MemberChange[] }, GroupRecord>;
  'groups.delete': Call<Conditional, Done>;

  'flows.create': Call<FlowSettings & { integrationId: string }, FlowRecord>;
  'flows.get': Call<{ id: string; visibleTo?: Member[] }, FlowRecord>;
  'flows.list': Call<PageQuery & { integrationId?: string; visibleTo?: Member[] }, Page<FlowRecord>>;
  /** Whether a member may see a group: is in it, may request or approve access to it, or has requested it. */
  'flows.groupVisible': Call<{ userId: string; groupId: string }, { visible: boolean }>;
  /** `cancelledRequests`: how many pending requests no longer fitted. */
  'flows.update': Call<{ id: string; settings: Partial<FlowSettings> }, FlowRecord & { cancelledRequests: number }>;
  'flows.delete': Call<{ id: string }, Done>;
  'requests.create': Call<
    { flowId: string; userId: string; groupId: string; durationSeconds: number; justification?: string },
    RequestRecord
  >;
  'requests.get': Call<{ id: string }, RequestRecord>;
  'requests.list': Call<
    PageQuery & {
      integrationId?: string;
      status?: RequestStatus;
      userId?: string;
      /** Those that one of these users may decide; at most `MAX_PAGE`. */
      approverIds?: string[];
    },
    Page<RequestRecord>
  >;
  /** How many requests of an integration wait for their decision. */
  'requests.count': Call<NoData, { openRequests: number }>;
  /** Which integrations have pending requests that no one can decide. */
  'requests.undecidable': Call<NoData, { items: UndecidableCount[] }>;
  'requests.review': Call<
    { id: string; reviewerId: string; verdict: 'approve' | 'deny'; comment?: string },
    RequestRecord
  >;
  'requests.cancel': Call<{ id: string }, RequestRecord>;
  'grants.get': Call<{ id: string }, GrantRecord>;
  'grants.list': Call<PageQuery & { integrationId?: string; status?: GrantStatus; userId?: string }, Page<GrantRecord>>;
  /** How many grants of an integration have not begun to end. */
  'grants.count': Call<NoData, { liveGrants: number }>;
  /** The groups of an integration of which grants have not begun to end, or requests wait. */
  'grants.groups': Call<PageQuery, Page<GroupInUse>>;
  'grants.revoke': Call<{ id: string }, GrantRecord>;
  /** `isHolder`: the person who asks is the holder of the grant, though the actor does not name that user. */
  'grants.extend': Call<{ id: string; durationSeconds: number; isHolder?: boolean }, GrantRecord>;
  /** Reads users and groups of an integration from identity again, in the background. `state` is the integration's. */
  'projections.rebuild': Call<{ state: IntegrationState }, Done>;
  'members.list': Call<PageQuery & { groupId: string }, Page<EffectiveMembership>>;
  'memberships.list': Call<PageQuery & { userId: string }, Page<EffectiveMembership>>;
}
export type CommandName = keyof CommandTypes;
export type CommandData<N extends CommandName> = CommandTypes[N]['data'];
export type CommandReply<N extends CommandName> = CommandTypes[N]['reply'];

/** Who receives a command: the service is told by the noun. */
const RECEIVERS: Record<string, Service> = {
  users: 'identity',
  groups: 'identity',
  flows: 'access-flow',
  requests: 'access-flow',
  grants: 'access-flow',
  projections: 'access-flow',
  members: 'access-flow',
  memberships: 'access-flow',
};

/** @returns the one service that receives the command. */
export function receiverOf(name: CommandName): Service {
  const receiver = RECEIVERS[name.slice(0, name.indexOf('.'))];
  if (!receiver) throw new Error(`no service receives ${name} (this is a bug)`);
  return receiver;
}

/** @returns whether any command goes to the service. */
export const receivesCommands = (service: Service): boolean => Object.values(RECEIVERS).includes(service);

/** Which services send each command. With a broker, no other service can. */
const SENDERS: Readonly<Record<CommandName, readonly Service[]>> = {
  'users.create': ['gateway'],
  'users.get': ['gateway'],
  'users.list': ['gateway'],
  'users.page': ['gateway'],
  'users.replace': ['gateway'],
  'users.patch': ['gateway'],
  'users.delete': ['gateway'],
  'users.deactivations': ['access-flow'],
  'users.count': ['gateway'],
  'groups.create': ['gateway'],
  'groups.get': ['gateway'],
  'groups.list': ['gateway'],
  'groups.page': ['gateway'],
  'groups.states': ['access-flow'],
  'groups.match': ['gateway'],
  'groups.members': ['gateway'],
  'groups.replace': ['gateway'],
  'groups.patch': ['gateway'],
  'groups.delete': ['gateway'],
  'flows.create': ['gateway'],
  'flows.get': ['gateway'],
  'flows.list': ['gateway'],
  'flows.groupVisible': ['gateway'],
  'flows.update': ['gateway'],
  'flows.delete': ['gateway'],
  'requests.create': ['gateway'],
  'requests.get': ['gateway'],
  'requests.list': ['gateway'],
  'requests.count': ['gateway'],
  'requests.undecidable': ['gateway'],
  'requests.review': ['gateway'],
  'requests.cancel': ['gateway'],
  'grants.get': ['gateway'],
  'grants.list': ['gateway'],
  'grants.count': ['gateway'],
  'grants.groups': ['gateway'],
  'grants.revoke': ['gateway'],
  'grants.extend': ['gateway'],
  'members.list': ['gateway'],
  'memberships.list': ['gateway'],
  'users.statePage': ['access-flow'],
  'groups.statePage': ['access-flow'],
  'groups.memberPage': ['access-flow'],
  'projections.rebuild': ['gateway'],
};

/** @returns the commands that one service sends to another */
export function sentCommands(sender: Service, receiver: Service): CommandName[] {
  const names = Object.keys(SENDERS) as CommandName[];
  return names.filter((name) => SENDERS[name].includes(sender) && receiverOf(name) === receiver);
}

/** A command on its way: one receiver, one reply, one deadline. */
export interface Command<N extends CommandName = CommandName> {
  /** UUIDv7: the same when the command is sent again, so that a repeat is recognised. */
  commandId: string;
  name: N;
  /** The integrations that the caller may touch: everything the receiver reads or writes is bound by them. */
  integrationIds: string[];
  /** UTC, ISO 8601: when the call entered the system. A write older than a deactivation cannot undo it. */
  receivedAt: string;
  /** Milliseconds since 1970: after this the command is dropped, for its caller has given up. */
  deadlineAt: number;
  requestId: string;
  /** W3C trace context of the call; the client adds it. */
  traceparent?: string | undefined;
  tracestate?: string | undefined;
  urgent: boolean;
  context: CommandContext;
  data: CommandData<N>;
}
