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
/** `refused`: the caller must do otherwise; `failed`: we could not, and the same call may succeed later. */
export type Result = (typeof RESULTS)[number];

/** What is remembered of an integration beyond its entries: when it was first and last seen. */
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
/** What Okta sends for "Test API Credentials", the parameters being constant (Okta, SCIM 1.1 and 2.0 captures). */
const TESTS: Readonly<Record<LoggedType, Readonly<Record<string, string>>>> = {
  User: { startIndex: '1', count: '2' },
  Group: { startIndex: '1', count: '100' },
};

/** What a call does, and to which kind of resource. */
export interface Act {
  operation: Operation;
  resourceType: LoggedType | null;
}

/** @param route the pattern below `/scim/v2/:integrationId`, such as `/Users/:id` */
export function actOf(method: string, route: string): Act {
  const [, collection = '', item] = route.split('/');
  const resourceType = TYPES[collection] ?? null;
  if (collection === 'Bulk') return { operation: 'bulk', resourceType };
  if (collection === '.search' || item === '.search') return { operation: 'search', resourceType };
  if (collection !== '' && !resourceType) return { operation: 'discover', resourceType };
  return { operation: WRITES[method] ?? (item === undefined ? 'list' : 'get'), resourceType };
}

/** @param method as in an operation of a bulk request */
export function bulkAct(method: string | undefined, resourceType: LoggedType | undefined): Act {
  return { operation: WRITES[method ?? ''] ?? 'bulk', resourceType: resourceType ?? null };
}

/** 429 says "not now" here, as 5xx do: no fault of the caller. */
export function resultOf(status: number): Result {
  if (status < 400) return 'ok';
  return status === 429 || status >= 500 ? 'failed' : 'refused';
}

/** Whether a call is one of the two of Okta's connection test. */
export function isConnectionTest({ operation, resourceType }: Act, query: Readonly<Record<string, unknown>>): boolean {
  if (operation !== 'list' || !resourceType) return false;
  const expected = Object.entries(TESTS[resourceType]);
  return Object.keys(query).length === expected.length && expected.every(([name, value]) => query[name] === value);
}

/** Whether a call is entered in the log: writes, whatever became of them; reads when they did not go well, or are a test. */
export function isEntered({ operation }: Act, result: Result, isTest: boolean): boolean {
  return IS_WRITE.has(operation) || result !== 'ok' || isTest;
}

/**
 * @param leftInactive whether the user is inactive after the call
 * @returns what the call shows of the connection
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
