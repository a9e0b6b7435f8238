/** A set of integrations: all, including future ones, or the listed ones. */
export type Reach = 'all' | readonly string[];

/** In ascending order: each role includes the previous ones. */
export const ROLES = ['member', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The scopes of API keys, and the role that includes each. */
export const SCOPES = {
  'integrations:read': 'auditor',
  'integrations:write': 'admin',
  'tokens:write': 'admin',
  'directory:read': 'auditor',
  'access:read': 'auditor',
  'access:write': 'admin',
  'access:review-as': 'admin',
  'access:panic': 'admin',
  'audit:read': 'auditor',
  'keys:read': 'admin',
  'keys:write': 'admin',
  'roles:read': 'admin',
  'roles:write': 'admin',
  'login:read': 'admin',
  'login:write': 'admin',
} as const satisfies Record<string, Role>;
export type Scope = keyof typeof SCOPES;
export const SCOPE_NAMES = Object.keys(SCOPES) as Scope[];

/** Scopes that `all` does not include. */
const EXPLICIT_ONLY: readonly Scope[] = ['access:review-as', 'access:panic'];

/** @returns whether a key needs the scope explicitly, because `all` does not include it */
export const mustBeNamed = (scope: Scope): boolean => EXPLICIT_ONLY.includes(scope);

/** @returns whether `scopes` include a scope */
export const hasScope = (scopes: 'all' | readonly Scope[], scope: Scope): boolean =>
  scopes === 'all' ? !mustBeNamed(scope) : scopes.includes(scope);

/** @returns whether `reach` contains an integration */
export const covers = (reach: Reach, integrationId: string): boolean =>
  reach === 'all' || reach.includes(integrationId);

/** @returns the union of two sets */
export const union = (a: Reach, b: Reach): Reach => (a === 'all' || b === 'all' ? 'all' : [...new Set([...a, ...b])]);

/** @returns the integrations in both sets */
export const intersection = (a: Reach, b: Reach): Reach => (a === 'all' ? b : a.filter((id) => covers(b, id)));

/** @returns whether `inner` is a subset of `outer` */
export const isSubset = (inner: Reach, outer: Reach): boolean =>
  outer === 'all' || (inner !== 'all' && inner.every((id) => outer.includes(id)));
