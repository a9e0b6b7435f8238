/**
 * Constants without classes: the entry `@tidegate/contracts/values`. A page in a browser imports values only from here,
 * because one import from a file with decorators adds class-validator and Nest to it.
 */
import { type Actor } from './context.js';
import { type ExistingAccess } from './refusals.js';

export * from './event-data.js';
export { EVENT_NAMES } from './events.js';
export { NAME_LENGTH } from './text.js';

/** The largest `limit` of a page. */
export const MAX_PAGE = 200;

/** The largest length of a text that a person writes: a justification, a comment, a reason. */
export const TEXT_LENGTH = 1000;

/** Limits of the settings of a flow and of requests. Durations are in seconds. */
export const FLOW_LIMITS = {
  nameLength: 100,
  groups: 100,
  /** Owners of a flow, and of a group. */
  owners: 20,
  labels: 20,
  labelLength: 50,
  priority: 1_000,
  extensions: 100,
  grants: 10_000,
  /** The shortest grant that expiry can end on time. */
  shortestSeconds: 60,
  /** 30 days. */
  longestSeconds: 2_592_000,
  idempotencyKeyLength: 200,
  /** Pending requests and scheduled grants of one user. */
  pendingPerUser: 50,
  /** How far ahead a start can be requested. */
  startsWithinSeconds: 7_776_000,
} as const;

/** Who can request access for an eligible user. */
export const REQUESTERS = ['self', 'manager', 'others'] as const;
export type Requester = (typeof REQUESTERS)[number];

export const EXTENSION_APPROVALS = ['automatic', 'steps'] as const;
export type ExtensionApproval = (typeof EXTENSION_APPROVALS)[number];

/** What happens to a live grant whose user is no longer eligible. */
export const INELIGIBLE_ACTIONS = ['end', 'keep'] as const;
export type IneligibleAction = (typeof INELIGIBLE_ACTIONS)[number];

/** Limits of the approval steps of a flow. */
export const STEP_LIMITS = {
  steps: 5,
  /** Entries of one list of approvers. */
  approvers: 20,
  /** The largest quorum of different users. */
  count: 10,
  nameLength: 100,
  shortestEscalationSeconds: 60,
  /** 30 days. */
  longestEscalationSeconds: 2_592_000,
} as const;

/** Limits of the revocation of grants. */
export const REVOKE_LIMITS = {
  /** Grants that one call names. */
  grants: 200,
  /** Ids of revoked grants in the reply. */
  listed: 200,
} as const;

/** How many of the approvers must approve. */
export const QUORUMS = ['any', 'all', 'count'] as const;
export type Quorum = (typeof QUORUMS)[number];

/**
 * Which approvers of a step can decide: its own; those of its fallback, its escalation; or, when none of these can reach a
 * quorum, the owners of the flow, then the administrators.
 */
export const APPROVER_TIERS = ['step', 'fallback', 'escalation', 'flow_owners', 'administrators'] as const;
export type ApproverTier = (typeof APPROVER_TIERS)[number];

/** What makes a user or group an approver. */
export const APPROVER_SOURCE_KINDS = [
  'user',
  'group',
  'manager',
  'group_owners',
  'flow_owners',
  'administrators',
] as const;
export type ApproverSourceKind = (typeof APPROVER_SOURCE_KINDS)[number];

/** What the timeline of a request contains. */
export const REQUEST_ENTRY_KINDS = [
  'created',
  'step_opened',
  'approvers_changed',
  'escalated',
  'restarted',
  'reviewed',
  'commented',
  'notified',
  'decided',
  'extended',
] as const;
export type RequestEntryKind = (typeof REQUEST_ENTRY_KINDS)[number];

/** What the timeline of a request contains: its entries, and the times of the grant that it led to. */
export const TIMELINE_KINDS = [
  ...REQUEST_ENTRY_KINDS,
  'granted',
  'scheduled',
  'activated',
  'revoking',
  'ended',
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** Limits of the comments on a request, and of its timeline. */
export const COMMENT_LIMITS = { perRequest: 100, timeline: 500 } as const;

/** Why a user cannot request a group under a flow. Those from `everyone_excluded` on are terms of its condition. */
export const OBSTACLE_CODES = [
  'integration_disabled',
  'no_user',
  'user_deactivated',
  'flow_disabled',
  'group_not_offered',
  'group_not_synced',
  'requester_not_eligible',
  'requester_not_allowed',
  'existing_grant',
  'pending_request',
  'cap_reached',
  'everyone_excluded',
  'user_differs',
  'user_excluded',
  'not_member',
  'member_excluded',
  'member_by_grant',
  'group_unavailable',
  'manager_differs',
  'manager_excluded',
  'manager_unknown',
  'attribute_differs',
  'attribute_excluded',
  'attribute_missing',
  'attribute_not_text',
] as const;
export type ObstacleCode = (typeof OBSTACLE_CODES)[number];

export * from './conditions/condition-checks.js';
export * from './conditions/condition-terms.js';
export * from './conditions/conditions.js';

export const VERDICTS = ['approve', 'deny'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const MEMBERSHIP_SOURCES = ['scim', 'grant'] as const;
export type MembershipSource = (typeof MEMBERSHIP_SOURCES)[number];

/** @returns the values of a string type; the compiler checks that they are complete */
export const valuesOf = <T extends string>(values: Record<T, true>): readonly T[] => Object.keys(values) as T[];

export const EXISTING_ACCESS_KINDS = valuesOf<ExistingAccess['kind']>({ grant: true, request: true });

export const ACTOR_KINDS = valuesOf<Actor['kind']>({
  person: true,
  apiKey: true,
  scim: true,
  okta: true,
  system: true,
});
