import {
  EMPLOYEE_NUMBER,
  MANAGER_ATTRIBUTES,
  MANAGER_VALUE,
  type ManagerAttribute,
  type ManagerAttributeReport,
  PROFILE_LIMITS,
  type UnresolvedExample,
  type UnresolvedValue,
  type UserProfile,
} from '@tidegate/contracts';
import { foldCase } from '@tidegate/scim';

/** The keys of a profile by which managers are found; null without a usable value. */
export interface ManagerKeys {
  /** `manager.value` as it was sent. */
  managerValue: string | null;
  /** The folded `manager.value`. */
  managerKey: string | null;
  /** The folded e-mail address of the profile. */
  emailKey: string | null;
  employeeNumber: string | null;
}

/** @returns the keys of the attributes of a profile. Empty values, and values above `PROFILE_LIMITS.valueLength`, have none */
export function managerKeys(attributes: UserProfile['attributes']): ManagerKeys {
  const usable = (name: string): string | null => {
    const value = attributes[name];
    return typeof value === 'string' && value !== '' && value.length <= PROFILE_LIMITS.valueLength ? value : null;
  };
  const managerValue = usable(MANAGER_VALUE);
  const email = usable('emails.value');
  return {
    managerValue,
    managerKey: managerValue === null ? null : foldCase(managerValue),
    emailKey: email === null ? null : foldCase(email),
    employeeNumber: usable(EMPLOYEE_NUMBER),
  };
}

/** The manager of a user, or why there is none. */
export type ManagerResolution =
  | { managerId: string }
  | {
      unresolved:
        /** The integration has no `managerAttribute`, or is removed. */
        | 'no_setting'
        /** The user has no `manager.value`, or is unknown or deleted. */
        | 'no_value'
        /** `unknown`: no user has the value. `ambiguous`: several. `inactive`, `self`: only one who cannot be the manager. */
        | UnresolvedValue;
    };

/** The manager value of a user, and the users whose attribute has it. */
export interface ManagerMatches {
  userId: string;
  attribute: ManagerAttribute | null;
  value: string | null;
  /** Users of the same integration that are not deleted; two are enough. Null if there are none. */
  matches: { id: string; active: boolean }[] | null;
}

/** Only one match is a manager, because each other choice could be wrong. A user is never their own manager. */
export function resolutionOf({ userId, attribute, value, matches }: ManagerMatches): ManagerResolution {
  if (attribute === null) return { unresolved: 'no_setting' };
  if (value === null) return { unresolved: 'no_value' };
  const [match, ...others] = matches ?? [];
  if (!match) return { unresolved: 'unknown' };
  if (others.length > 0) return { unresolved: 'ambiguous' };
  if (match.id === userId) return { unresolved: 'self' };
  return match.active ? { managerId: match.id } : { unresolved: 'inactive' };
}

/** How many users have each outcome for an attribute, without outcomes of no user. */
export interface OutcomeCounts {
  attribute: ManagerAttribute;
  counts: Partial<Record<'resolved' | UnresolvedValue, number>>;
  /** Values that do not resolve, those of the most users first. */
  examples: UnresolvedExample[];
}

const NO_USERS = { resolved: 0, unknown: 0, ambiguous: 0, inactive: 0, self: 0 };

/** @returns one report for each attribute, also without any manager values */
export function attributeReports(found: readonly OutcomeCounts[]): ManagerAttributeReport[] {
  return MANAGER_ATTRIBUTES.map((attribute) => {
    const { counts = {}, examples = [] } = found.find((each) => each.attribute === attribute) ?? {};
    return { attribute, ...NO_USERS, ...counts, examples };
  });
}
