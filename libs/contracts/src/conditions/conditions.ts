/**
 * Conditions on the user who gets access: the `eligibility` of a flow. A condition is a tree. Its terms compare the user, the
 * user's groups, attributes and manager with `values`.
 */

export const TERM_OPERATORS = ['is', 'isNot', 'in', 'contains', 'startsWith'] as const;
export type TermOperator = (typeof TERM_OPERATORS)[number];
/** The operators of terms whose values are ids. */
export const ID_OPERATORS = ['is', 'isNot', 'in'] as const;

export const CONDITION_LIMITS = {
  /** Levels of a tree. A single term has one level. */
  depth: 4,
  /** Terms of a tree. */
  terms: 100,
  /** Values of a term with the operator `in`. The other operators have one value. */
  values: 50,
} as const;

interface IdTerm {
  operator: (typeof ID_OPERATORS)[number];
  /** Ids. In a call of `/api/v1`, also names: userNames of users, display names of groups. */
  values: string[];
}

export type Condition =
  /** Every active user of the integration. */
  | { kind: 'everyone' }
  | { kind: 'all'; conditions: Condition[] }
  | { kind: 'any'; conditions: Condition[] }
  | { kind: 'not'; condition: Condition }
  /** The user is one of these users. */
  | ({ kind: 'user' } & IdTerm)
  /**
   * The user is a member of one of these groups. A membership by a grant does not count, because one grant would then give
   * access to the next, unless `includeGrants` is true.
   */
  | ({ kind: 'group'; includeGrants?: boolean } & IdTerm)
  /** The user's manager is one of these users. */
  | ({ kind: 'manager' } & IdTerm)
  /** An attribute of the user's profile, by its canonical SCIM name. Compared without regard to case. */
  | { kind: 'attribute'; attribute: string; operator: TermOperator; values: string[] };

export type ConditionKind = Condition['kind'];
