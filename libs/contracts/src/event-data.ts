import { type ManagerAttribute } from './profile.js';

/** The data types of the events. `EVENT_DATA_SCHEMAS` describes their fields. */

/** The state of a user after a change. */
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

/** The state of a user with the attributes that access rules can use (`PROFILE_ATTRIBUTES`), by canonical SCIM name. */
export interface UserProfile extends UserState {
  attributes: Record<string, ProfileValue>;
  attributesVersion: number;
}

/** The state of a group after a change, without its members. */
export interface GroupState {
  groupId: string;
  displayName: string;
  externalId: string | null;
  deleted: boolean;
  synced: boolean;
  syncVersion: number;
  version: number;
}

/** Members added to and removed from a group by one change. A large change has several chunks of one version. */
export interface GroupMembersChanged extends GroupState {
  changes: { userId: string; present: boolean }[];
  groupChanges?: { groupId: string; present: boolean }[];
  chunk: number;
  chunks: number;
}

export const INTEGRATION_STATUSES = ['initializing', 'active', 'warning', 'disconnected', 'disabled'] as const;
export type IntegrationStatus = (typeof INTEGRATION_STATUSES)[number];
/** The state of an integration after a change. */
export interface IntegrationState {
  integrationId: string;
  name: string;
  type: string;
  status: IntegrationStatus;
  groupsToSync: string[];
  groupsToSyncVersion: number;
  profileAttributes: string[];
  profileAttributesVersion: number;
  managerAttribute: ManagerAttribute | null;
  disabled: boolean;
  disablements: number;
  removed: boolean;
  version: number;
}

/** Whether a request is for a new grant, or for the extension of one. */
export const REQUEST_KINDS = ['access', 'extension'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** Reasons that end grants and cancel requests: something that both require is gone. */
const LOST_REQUIREMENTS = [
  'user_deactivated',
  'requester_not_eligible',
  'group_deleted',
  'group_not_synced',
  'flow_deleted',
  'flow_changed',
  'integration_disabled',
  'integration_removed',
] as const;

export const REQUEST_STATUSES = ['pending', 'approved', 'denied', 'cancelled', 'expired'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];
/** Reasons for the cancellation of a request. */
export const REQUEST_STATUS_REASONS = [
  'withdrawn',
  'group_not_offered',
  'grant_ended',
  'panic',
  ...LOST_REQUIREMENTS,
] as const;
export type RequestStatusReason = (typeof REQUEST_STATUS_REASONS)[number];
/** The state of a request after a change. */
export interface RequestState {
  requestId: string;
  kind: RequestKind;
  flowId: string;
  userId: string;
  groupId: string;
  status: RequestStatus;
  reason: RequestStatusReason | null;
  version: number;
}

/** Why a notification about a request is due. */
export const NOTIFICATION_REASONS = [
  'decision_required',
  'escalated',
  'approvers_changed',
  'undecidable',
  'commented',
  'approved',
  'denied',
  'cancelled',
  'expired',
] as const;
export type NotificationReason = (typeof NOTIFICATION_REASONS)[number];
/** A user, the members of a group, or the administrators of the integration. */
export interface Recipient {
  kind: 'user' | 'group' | 'administrators';
  id: string | null;
}
/** A notification about a request, for services that send messages. */
export interface RequestNotification {
  requestId: string;
  reason: NotificationReason;
  recipients: Recipient[];
  step: number | null;
  version: number;
}

export const GRANT_STATUSES = ['scheduled', 'activating', 'active', 'revoking', 'ended'] as const;
export type GrantStatus = (typeof GRANT_STATUSES)[number];
export const GRANT_END_REASONS = ['expired', 'revoked', 'panic', ...LOST_REQUIREMENTS] as const;
export type GrantEndReason = (typeof GRANT_END_REASONS)[number];
/** The state of a grant after a change. */
export interface GrantState {
  grantId: string;
  requestId: string;
  userId: string;
  groupId: string;
  status: GrantStatus;
  endReason: GrantEndReason | null;
  endsAt: string;
  version: number;
}

/** The state of an API key after a change. It contains no name, and it belongs to no integration. */
export interface ApiKeyState {
  keyId: string;
  scopes: string[] | null;
  integrationIds: string[] | null;
  expiresAt: string | null;
  revoked: boolean;
  version: number;
}

/** The data types by name. */
export interface EventDataTypes {
  IntegrationState: IntegrationState;
  UserState: UserState;
  UserProfile: UserProfile;
  GroupState: GroupState;
  GroupMembersChanged: GroupMembersChanged;
  RequestState: RequestState;
  RequestNotification: RequestNotification;
  GrantState: GrantState;
  ApiKeyState: ApiKeyState;
}
