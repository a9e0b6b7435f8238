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

/** A list request: the call has the projection, the query the filter and the page. */
export interface Search {
  call: ScimCall;
  query: ScimListQuery;
}

/** Parses a list request in the URL (RFC 7644 §3.4.2). @throws ScimError */
export function searchInUrl(call: ScimCall): Search {
  return { call, query: listQuery(readSearchParameters(call.query), call.baseUrl) };
}

/** Parses a list request in the body (RFC 7644 §3.4.3). @throws ScimError */
export function searchInBody(call: ScimCall, body: unknown): Search {
  const request = parseSearchRequest(body, call.profile.dialect);
  return {
    call: { ...call, projection: projectionOf(request, call.profile.dialect) },
    query: listQuery(request, call.baseUrl),
  };
}

/**
 * Restricts a query on all resources to one type (RFC 7644 §3.4.2.1).
 * @returns undefined when the filter cannot match that type
 * @throws ScimError invalidFilter
 */
export function queryForType(
  type: ResourceType,
  { filter, sortBy, ...query }: ScimListQuery,
): ScimListQuery | undefined {
  const filterOfType = filter === undefined || filterForType(type, parseFilter(filter, type.dialect));
  if (filterOfType === false) return undefined;
  return {
    ...query,
    ...(filterOfType === true ? {} : { filter: printFilter(filterOfType) }),
    ...(sortBy !== undefined && resolveAttribute(type, sortBy) ? { sortBy } : {}),
  };
}
