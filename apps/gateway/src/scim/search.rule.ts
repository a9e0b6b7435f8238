import { type ScimListQuery } from '@tidegate/contracts';
import {
  filterForType,
  parseFilter,
  parseSearchRequest,
  printFilter,
  readSearchParameters,
  resolveAttribute,
  type ResourceType,
} from '@tidegate/scim';
import { listQuery, projectionOf } from './list-query.rule.js';
import { type ScimCall } from './scim-call.js';

/** A call that asks for a list: what of each resource is shown stands in the call, which resources in the query. */
export interface Search {
  call: ScimCall;
  query: ScimListQuery;
}

/** A list asked for in the address (RFC 7644 §3.4.2). @throws ScimError */
export function searchInUrl(call: ScimCall): Search {
  return { call, query: listQuery(readSearchParameters(call.query), call.baseUrl) };
}

/** A list asked for in the body, where no log of addresses holds it (RFC 7644 §3.4.3). @throws ScimError */
export function searchInBody(call: ScimCall, body: unknown): Search {
  const request = parseSearchRequest(body, call.profile.dialect);
  return {
    call: { ...call, projection: projectionOf(request, call.profile.dialect) },
    query: listQuery(request, call.baseUrl),
  };
}

/**
 * What a query on all resources asks of those of one type (RFC 7644 §3.4.2.1).
 * @returns undefined when none of them can meet its filter
 * @throws ScimError invalidFilter
 */
export function queryForType(
  type: ResourceType,
  { filter, sortBy, ...query }: ScimListQuery,
): ScimListQuery | undefined {
  const own = filter === undefined || filterForType(type, parseFilter(filter, type.dialect));
  if (own === false) return undefined;
  return {
    ...query,
    ...(own === true ? {} : { filter: printFilter(own) }),
    ...(sortBy !== undefined && resolveAttribute(type, sortBy) ? { sortBy } : {}),
  };
}
