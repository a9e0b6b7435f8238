import { type Actor } from './context.js';
import { type Service } from './services.js';

/** The whole small state of a user after a change. `deactivations` counts every active → inactive and the delete. */
export interface UserState {
  userId: string;
  userName: string;
  displayName: string | null;
  externalId: string | null;
  active: boolean;
  deleted: boolean;
  deactivations: number;
  version: number;
}

/** The value of one attribute of a profile. */
export type ProfileValue = string | number | boolean;

/**
 * A user's state with the attributes that access rules may use (see `PROFILE_ATTRIBUTES`), by their canonical SCIM names.
 * Order by `version`, then by `attributesVersion`.
 */
export interface UserProfile extends UserState {
  attributes: Record<string, ProfileValue>;
  /** The version of the integration under which its marked extension attributes were saved; 0 before the first. */
  attributesVersion: number;
}

/** The small state of a group after a change; its members travel as differences. */
export interface GroupState {
  groupId: string;
  displayName: string;
  externalId: string | null;
  deleted: boolean;
  /** Whether it may be borrowed: whether its name was among the groups to sync when that was decided last. */
  synced: boolean;
  /**
   * The version at which that was decided otherwise last; 1 when it has always been synced, 0 when it never was. A
   * state with a higher one ends earlier grants, and members from events of a lower version no longer count.
   */
  syncVersion: number;
  version: number;
}

/** Who was added to and removed from a group by one change. A big change comes in chunks of one version, in any order. */
export interface GroupMembersChanged extends GroupState {
  changes: { userId: string; present: boolean }[];
  /** Groups that became or ceased to be members; left out where there are none. */
  groupChanges?: { groupId: string; present: boolean }[];
  /** Counts from 0. */
  chunk: number;
  /** How many there are, as far as was known: the last chunk's is exact. */
  chunks: number;
}

export type IntegrationStatus = 'initializing' | 'active' | 'warning' | 'disconnected' | 'disabled';
export interface IntegrationState {
  integrationId: string;
  name: string;
  type: string;
  status: IntegrationStatus;
  /** Names of the groups that may be borrowed; empty means all. */
  groupsToSync: string[];
  /** The version under which an administrator saved that list: a higher one has all groups decided anew. */
  groupsToSyncVersion: number;
  /** Canonical names of the extension attributes of users that access rules may use. */
  profileAttributes: string[];
  /** The version under which these were saved; 0 before the first. */
  profileAttributesVersion: number;
  disabled: boolean;
  /** How often it was disabled: a state with a higher count ends what was borrowed before, in whatever order it comes. */
  disablements: number;
  removed: boolean;
  version: number;
}

export const REQUEST_STATUSES = ['pending', 'approved', 'denied', 'cancelled', 'expired'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];
/** Why a request was cancelled. */
export const REQUEST_STATUS_REASONS = [
  'withdrawn',
  'group_not_offered',
  'requester_not_eligible',
  'user_deactivated',
  'group_deleted',
  'group_not_synced',
  'flow_deleted',
  'integration_disabled',
  'integration_removed',
] as const;
export type RequestStatusReason = (typeof REQUEST_STATUS_REASONS)[number];
export interface RequestState {
  requestId: string;
  flowId: string;
  userId: string;
  groupId: string;
  status: RequestStatus;
  reason: RequestStatusReason | null;
  version: number;
}

export const GRANT_STATUSES = ['scheduled', 'activating', 'active', 'revoking', 'ended'] as const;
export type GrantStatus = (typeof GRANT_STATUSES)[number];
export const GRANT_END_REASONS = [
  'expired',
  'revoked',
  'user_deactivated',
  'group_deleted',
  'group_not_synced',
  'flow_deleted',
  'integration_disabled',
  'integration_removed',
] as const;
export type GrantEndReason = (typeof GRANT_END_REASONS)[number];
export interface GrantState {
  grantId: string;
  requestId: string;
  userId: string;
  groupId: string;
  status: GrantStatus;
  endReason: GrantEndReason | null;
  /** UTC, ISO 8601. */
  endsAt: string;
  version: number;
}

/** The small state of an API key. It names no person, and no integration owns it. */
export interface ApiKeyState {
  keyId: string;
  /** Null: all. */
  scopes: string[] | null;
  /** The integrations that the key reaches. Null: all there are and will be. */
  integrationIds: string[] | null;
  /** UTC, ISO 8601. */
  expiresAt: string | null;
  revoked: boolean;
  version: number;
}

/** Every event: its name and what it carries. */
export interface EventPayloads {
  'integration.created': IntegrationState;
  'integration.connected': IntegrationState;
  'integration.updated': IntegrationState;
  'integration.removed': IntegrationState;
  'user.created': UserState;
  'user.updated': UserState;
  'user.deactivated': UserState;
  'user.reactivated': UserState;
  'user.deleted': UserState;
  'user.profile.changed': UserProfile;
  'group.created': GroupState;
  'group.renamed': GroupState;
  'group.deleted': GroupState;
  'group.members.changed': GroupMembersChanged;
  'group.synced': GroupState;
  'group.unsynced': GroupState;
  'request.created': RequestState;
  'request.approved': RequestState;
  'request.denied': RequestState;
  'request.cancelled': RequestState;
  'request.expired': RequestState;
  'grant.activated': GrantState;
  'grant.revoking': GrantState;
  'grant.extended': GrantState;
  'grant.ended': GrantState;
  'api_key.created': ApiKeyState;
  'api_key.revoked': ApiKeyState;
}
export type EventName = keyof EventPayloads;

interface EventRule {
  publisher: Service;
  /** Services that must handle it: while one has no queue, the event stays in the publisher's outbox. */
  subscribers: readonly Service[];
  urgent?: true;
  /** Only its subscribers receive it: it is never published to the exchange that other teams bind to. */
  internal?: true;
  /** An event of the system: it may belong to no integration. */
  system?: true;
  /** Version of the schema of its data, 1 when left out. It grows with each field that is added. */
  schema?: number;
}

const RULES = {
  'integration.created': { publisher: 'gateway', subscribers: ['identity', 'access-flow'] },
  'integration.connected': { publisher: 'gateway', subscribers: ['identity', 'access-flow'] },
  'integration.updated': { publisher: 'gateway', subscribers: ['identity', 'access-flow'] },
  // Not urgent: it may end thousands of grants in one go, and no single deactivation shall wait for that.
  'integration.removed': { publisher: 'gateway', subscribers: ['identity', 'access-flow'] },
  'user.created': { publisher: 'identity', subscribers: ['access-flow'] },
  'user.updated': { publisher: 'identity', subscribers: ['access-flow'] },
  'user.deactivated': { publisher: 'identity', subscribers: ['access-flow', 'gateway'], urgent: true },
  'user.reactivated': { publisher: 'identity', subscribers: ['access-flow'] },
  'user.deleted': { publisher: 'identity', subscribers: ['access-flow', 'gateway'], urgent: true },
  'user.profile.changed': { publisher: 'identity', subscribers: ['access-flow'], internal: true },
  'group.created': { publisher: 'identity', subscribers: ['access-flow'] },
  'group.renamed': { publisher: 'identity', subscribers: ['access-flow'] },
  'group.deleted': { publisher: 'identity', subscribers: ['access-flow'] },
  'group.members.changed': { publisher: 'identity', subscribers: ['access-flow'] },
  'group.synced': { publisher: 'identity', subscribers: ['access-flow'] },
  // Not urgent, as `integration.removed`: a list may take thousands of groups away in one go.
  'group.unsynced': { publisher: 'identity', subscribers: ['access-flow'] },
  'request.created': { publisher: 'access-flow', subscribers: [] },
  'request.approved': { publisher: 'access-flow', subscribers: [] },
  'request.denied': { publisher: 'access-flow', subscribers: [] },
  'request.cancelled': { publisher: 'access-flow', subscribers: [] },
  'request.expired': { publisher: 'access-flow', subscribers: [] },
  'grant.activated': { publisher: 'access-flow', subscribers: [] },
  'grant.revoking': { publisher: 'access-flow', subscribers: [] },
  'grant.extended': { publisher: 'access-flow', subscribers: [] },
  'grant.ended': { publisher: 'access-flow', subscribers: [] },
  'api_key.created': { publisher: 'gateway', subscribers: [], system: true },
  'api_key.revoked': { publisher: 'gateway', subscribers: [], system: true },
} as const satisfies Record<EventName, EventRule>;

/** The publisher and the required subscribers of each event: the system on one page. */
export const EVENTS: Readonly<Record<EventName, EventRule>> = RULES;

/** Names of events that may belong to no integration. */
export type SystemEventName = {
  [N in EventName]: (typeof RULES)[N] extends { system: true } ? N : never;
}[EventName];

/** The integration of an event: null only for events of the system. */
export type IntegrationOf<N extends EventName> = N extends SystemEventName ? string | null : string;

/** An event that belongs to an integration. */
export type EventOfIntegration = Event<Exclude<EventName, SystemEventName>>;

/** Whether a value is the name of an event that this release knows. */
export function isEventName(value: unknown): value is EventName {
  return typeof value === 'string' && Object.hasOwn(EVENTS, value);
}

/** A change that was committed. Delivered at least once and in any order: `version` orders the events of one subject. */
export interface Event<N extends EventName = EventName> {
  /** UUIDv7: the same on every delivery. */
  id: string;
  name: N;
  /** Null when the event belongs to no integration. */
  integrationId: IntegrationOf<N>;
  /** Id of the user, group, integration, request, grant or API key that changed. */
  subject: string;
  version: number;
  /** UTC, ISO 8601: when the publisher committed the change. */
  time: string;
  /** The HTTP request or job that caused the change. */
  requestId: string;
  /** Who made the change. */
  actor: Actor;
  /** W3C trace context of the change: the same trace id as the call that caused it. */
  traceparent?: string | undefined;
  tracestate?: string | undefined;
  data: EventPayloads[N];
}
