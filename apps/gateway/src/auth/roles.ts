/** Integrations: all there are and will be, or the named ones. */
export type Reach = 'all' | readonly string[];

/** From the least to the most: each may do what those before it may. */
export const ROLES = ['member', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What an API key may be made for, and the role that lets a person do the same. */
export const SCOPES = {
  'integrations:read': 'auditor',
  'integrations:write': 'admin',
  'tokens:write': 'admin',
  'directory:read': 'auditor',
  'access:read': 'auditor',
  'access:write': 'admin',
  'access:review-as': 'admin',
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

/** Scopes that a key has only when it names them: `all` does not imply them. */
const EXPLICIT_ONLY: readonly Scope[] = ['access:review-as'];

/** Whether a key has the scope only when it names it. */
export const mustBeNamed = (scope: Scope): boolean => EXPLICIT_ONLY.includes(scope);

/** Whether a key with these scopes may do what a scope stands for. */
export const hasScope = (scopes: 'all' | readonly Scope[], scope: Scope): boolean =>
  scopes === 'all' ? !mustBeNamed(scope) : scopes.includes(scope);

/** Whether an integration is within reach. */
export const covers = (reach: Reach, integrationId: string): boolean =>
  reach === 'all' || reach.includes(integrationId);

/** @returns what is in either */
export const union = (a: Reach, b: Reach): Reach => (a === 'all' || b === 'all' ? 'all' : [...new Set([...a, ...b])]);

/** Whether everything in `inner` is in `outer`, too. */
export const within = (inner: Reach, outer: Reach): boolean =>
  outer === 'all' || (inner !== 'all' && inner.every((id) => outer.includes(id)));
