export const OPERATIONS = [
  'create',
  'replace',
  'patch',
  'delete',
  'bulk',
  'get',
  'list',
  'search',
  'discover',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const RESULTS = ['ok', 'refused', 'failed'] as const;
/** `refused`: the caller must change the call; `failed`: the same call may succeed later. */
export type Result = (typeof RESULTS)[number];

/** Milestones are kept longer than entries, with the times when each was first and last reached. */
export const MILESTONES = [
  'call',
  'users_tested',
  'groups_tested',
  'user_pushed',
  'group_pushed',
  'user_deactivated',
] as const;
export type Milestone = (typeof MILESTONES)[number];

export const RESOURCE_TYPES = ['User', 'Group'] as const;
export type LoggedType = (typeof RESOURCE_TYPES)[number];

const TYPES: Readonly<Record<string, LoggedType>> = { Users: 'User', Groups: 'Group' };
const WRITES: Readonly<Record<string, Operation>> = {
  POST: 'create',
  PUT: 'replace',
  PATCH: 'patch',
  DELETE: 'delete',
};
const IS_WRITE: ReadonlySet<Operation> = new Set<Operation>([...Object.values(WRITES), 'bulk']);
/** The query parameters of Okta's "Test API Credentials", which are constant (captures of SCIM 1.1 and 2.0). */
const TESTS: Readonly<Record<LoggedType, Readonly<Record<string, string>>>> = {
  User: { startIndex: '1', count: '2' },
  Group: { startIndex: '1', count: '100' },
};

/** Operation and resource type of a call. */
export interface Act {
  operation: Operation;
  resourceType: LoggedType | null;
}

/** Classifies a call. @param route the pattern below `/scim/v2/:integrationId`, such as `/Users/:id` */
export function actOf(method: string, route: string): Act {
  const [, collection = '', item] = route.split('/');
  const resourceType = TYPES[collection] ?? null;
  if (collection === 'Bulk') return { operation: 'bulk', resourceType };
  if (collection === '.search' || item === '.search') return { operation: 'search', resourceType };
  if (collection !== '' && !resourceType) return { operation: 'discover', resourceType };
  return { operation: WRITES[method] ?? (item === undefined ? 'list' : 'get'), resourceType };
}

/** Classifies an operation of a bulk request. @param method of the operation */
export function bulkAct(method: string | undefined, resourceType: LoggedType | undefined): Act {
  return { operation: WRITES[method ?? ''] ?? 'bulk', resourceType: resourceType ?? null };
}

/** @returns `failed` also for 429, which is not an error of the caller here */
export function resultOf(status: number): Result {
  if (status < 400) return 'ok';
  return status === 429 || status >= 500 ? 'failed' : 'refused';
}

/** @returns whether a call is one of the two of the Okta connection test */
export function isConnectionTest({ operation, resourceType }: Act, query: Readonly<Record<string, unknown>>): boolean {
  if (operation !== 'list' || !resourceType) return false;
  const expected = Object.entries(TESTS[resourceType]);
  return Object.keys(query).length === expected.length && expected.every(([name, value]) => query[name] === value);
}

/** @returns whether a call is logged: all writes; reads that were refused, failed, or are a connection test */
export function isLogged({ operation }: Act, result: Result, isTest: boolean): boolean {
  return IS_WRITE.has(operation) || result !== 'ok' || isTest;
}

/**
 * @param leftInactive whether the user is inactive after the call
 * @returns the milestones that the call reaches
 */
export function milestonesOf(act: Act, result: Result, isTest: boolean, leftInactive: boolean): Milestone[] {
  const { operation, resourceType } = act;
  const seen: Milestone[] = ['call'];
  if (result !== 'ok' || !resourceType) return seen;
  if (isTest) seen.push(resourceType === 'User' ? 'users_tested' : 'groups_tested');
  if (!IS_WRITE.has(operation)) return seen;
  seen.push(resourceType === 'User' ? 'user_pushed' : 'group_pushed');
  if (resourceType === 'User' && (leftInactive || operation === 'delete')) seen.push('user_deactivated');
  return seen;
}
