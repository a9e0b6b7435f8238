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

/** Limits of the settings of a flow and of requests. Durations are in seconds. */
export const FLOW_LIMITS = {
  nameLength: 100,
  groups: 100,
  approvers: 20,
  /** The shortest grant that expiry can end on time. */
  shortestSeconds: 60,
  /** 30 days. */
  longestSeconds: 2_592_000,
  justificationLength: 1000,
} as const;

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

/** How many of the approvers must approve. */
export const QUORUMS = ['any', 'all', 'count'] as const;
export type Quorum = (typeof QUORUMS)[number];

/**
 * Which approvers of a step can decide: its own; those of its fallback, its escalation; or, when none of these can reach a
 * quorum, the owners of the flow, then the administrators.
 */
export const APPROVER_TIERS = ['step', 'fallback', 'escalation', 'flow_owners', 'administrators'] as const;
export type ApproverTier = (typeof APPROVER_TIERS)[number];

export * from './commands/condition-checks.js';
export * from './commands/condition-terms.js';
export * from './commands/conditions.js';

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
