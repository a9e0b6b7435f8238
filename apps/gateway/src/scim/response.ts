import { type BulkNote, type Target } from '../activity/entry.js';
import { listResponse, type Page, type ScimAttributes } from '@tidegate/scim';

/** A value, or a stream of JSON when it is too large for memory. */
export type ScimBody = ScimAttributes | AsyncIterable<string>;

/** Result of an operation on resources, used by routes, bulk requests and searches. */
export interface ScimResponse {
  status: number;
  /** URL of the resource; absent for lists and deleted resources. */
  location?: string;
  /** Entity tag of the resource (RFC 7644 §3.14), as in `meta.version`; absent when `location` is. */
  version?: string;
  body?: ScimBody;
  /** For the provisioning log: the resource, and the results of bulk operations. */
  target?: Target;
  operations?: readonly BulkNote[];
}

/** One page of a list. */
export type ScimPage = Page & { items: ScimBody[] };

/** Whether a body is a stream, which can be read once. */
export function isInPieces(body: ScimBody | undefined): body is AsyncIterable<string> {
  return body !== undefined && Symbol.asyncIterator in body;
}

/** @returns a ListResponse (RFC 7644 §3.4.2); its body is a stream if any of its resources is */
export function pageResponse({ items, ...page }: ScimPage): ScimResponse {
  const whole = items.filter((item): item is ScimAttributes => !isInPieces(item));
  const body = whole.length === items.length ? listResponse(whole, page) : listText(items, page);
  return { status: 200, body };
}

async function* listText(items: readonly ScimBody[], page: Page): AsyncGenerator<string, void> {
  const { Resources: _, ...head } = listResponse([], page);
  yield `${JSON.stringify({ ...head, itemsPerPage: items.length }).slice(0, -1)},"Resources":[`;
  for (const [index, item] of items.entries()) {
    if (index > 0) yield ',';
    if (isInPieces(item)) yield* item;
    else yield JSON.stringify(item);
  }
  yield ']}';
}
