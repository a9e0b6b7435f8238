import { type ScimAttributes } from '@tidegate/scim';

/** What identity stores of a user or group. */
export interface ResourceRecord {
  id: string;
  /** The attributes that SCIM clients can write, with names in the case of the schema. */
  attributes: ScimAttributes;
  version: number;
  createdAt: string;
  lastModifiedAt: string;
}

/**
 * The largest size of a page of users or groups, in bytes of JSON: 20 KiB for each of 100 records. A larger record is a page
 * of its own. Members of groups that exceed it are omitted and can be read with `groups.members`.
 */
export const LIST_BYTES = 2_097_152;

/** The parameters of a SCIM list (RFC 7644 §3.4.2). */
export interface ScimListQuery {
  /** The URL of the integration's SCIM endpoint without a slash at the end. URLs in filters are compared with it. */
  baseUrl: string;
  filter?: string;
  /** An attribute path. The default order is that of creation. */
  sortBy?: string;
  sortOrder?: 'ascending' | 'descending';
  /** From 1. Ignored with a cursor. */
  startIndex: number;
  count: number;
  /** Pages by cursor (RFC 9865): empty for the first page, else `nextCursor` or `previousCursor` of another page. */
  cursor?: string;
}
export interface ScimListReply<T> {
  totalResults: number;
  items: T[];
  /** Cursors are present only for pages by cursor, and only if there is such a page. */
  nextCursor?: string;
  previousCursor?: string;
}

/** The versions of which the resource must have one, or the write fails (RFC 9110 §13.1.1). `*` means any. */
export type IfMatch = '*' | number[];
export interface Conditional {
  id: string;
  ifMatch?: IfMatch;
}
