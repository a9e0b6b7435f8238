import { type Actor } from '../context.js';
import { type GrantState, type GrantStatus, type IntegrationState } from '../event-data.js';
import { type Call, type Done, type NoData } from './call.js';
import { type Page, type PageQuery } from './pages.js';

export interface GrantRecord extends GrantState {
  integrationId: string;
  createdAt: string;
  /** The actor of the last extension, null if there was none. */
  extendedBy: Actor | null;
  /** The actor that ended the grant: a person, an API key, the SCIM client that deactivated the user, or a job. */
  revokedBy: Actor | null;
  activatedAt: string | null;
  /** The time at which the end was decided. */
  revokingAt: string | null;
  endedAt: string | null;
}

/** A group with live grants or pending requests. */
export interface GroupInUse {
  groupId: string;
  liveGrants: number;
  openRequests: number;
}

/** One effective membership. */
export interface EffectiveMembership {
  userId: string;
  userName: string;
  groupId: string;
  groupName: string;
  sources: ('scim' | 'grant')[];
  /** The latest end of the grants, null without grants. */
  endsAt: string | null;
}

/** A grant is live until it is revoking or ended. */
export interface GrantCommands {
  'grants.get': Call<{ id: string }, GrantRecord>;
  'grants.list': Call<PageQuery & { integrationId?: string; status?: GrantStatus; userId?: string }, Page<GrantRecord>>;
  /** The number of live grants of an integration. */
  'grants.count': Call<NoData, { liveGrants: number }>;
  /** The groups of an integration with live grants or pending requests. */
  'grants.groups': Call<PageQuery, Page<GroupInUse>>;
  'grants.revoke': Call<{ id: string }, GrantRecord>;
  /** `isHolder` means that the caller is the holder of the grant although the actor does not contain that user. */
  'grants.extend': Call<{ id: string; durationSeconds: number; isHolder?: boolean }, GrantRecord>;
}

export interface MembershipCommands {
  /** The effective members of a group. */
  'members.list': Call<PageQuery & { groupId: string }, Page<EffectiveMembership>>;
  /** The effective memberships of a user. */
  'memberships.list': Call<PageQuery & { userId: string }, Page<EffectiveMembership>>;
}

export interface ProjectionCommands {
  /** Starts to read the users and groups of an integration from identity again. `state` is the integration's. */
  'projections.rebuild': Call<{ state: IntegrationState }, Done>;
}
