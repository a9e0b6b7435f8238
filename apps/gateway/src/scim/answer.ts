import { type ScimAttributes } from '@tidegate/scim';

/** What an operation on resources answers, as a value: for a route, an operation of a bulk request and a search alike. */
export interface ScimAnswer {
  status: number;
  /** The resource's own URL; absent for lists, and when the resource is gone. */
  location?: string;
  /** The entity tag of the resource (RFC 7644 §3.14), the same as `meta.version`; absent as `location` is. */
  version?: string;
  /** A value, or its JSON in pieces when it is too big to be in memory at once. */
  body?: ScimAttributes | AsyncIterable<string>;
}

/** Whether a body comes in pieces: nothing of it may be looked at but its text, once. */
export function isInPieces(body: ScimAnswer['body']): body is AsyncIterable<string> {
  return body !== undefined && Symbol.asyncIterator in body;
}
