/**
 * Constants without classes: the entry `@tidegate/contracts/values`. A page in a browser imports values only from here,
 * because one import from a file with decorators adds class-validator and Nest to it.
 */
import { type Actor } from './context.js';
import { type ExistingAccess } from './refusals.js';

export * from './event-data.js';
export { EVENT_NAMES } from './events.js';

/** The largest `limit` of a page. */
export const MAX_PAGE = 200;

/** The longest userName or name of a group or flow in a call, in characters: identity stores names of up to 1,024 bytes. */
export const NAME_LENGTH = 1_024;

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
