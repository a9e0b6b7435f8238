import { type BulkNote, type Target } from '../activity/entry.js';
import { listResponse, type Page, type ScimAttributes } from '@tidegate/scim';

/** A value, or its JSON in pieces when it is too big to be in memory at once. */
export type ScimBody = ScimAttributes | AsyncIterable<string>;

/** What an operation on resources answers, as a value: for a route, an operation of a bulk request and a search alike. */
export interface ScimAnswer {
  status: number;
  /** The resource's own URL; absent for lists, and when the resource is gone. */
  location?: string;
  /** The entity tag of the resource (RFC 7644 §3.14), the same as `meta.version`; absent as `location` is. */
  version?: string;
  body?: ScimBody;
  /** For the provisioning log: what it was about, and what became of each operation of a bulk request. */
  target?: Target;
  operations?: readonly BulkNote[];
}

/** One page of a list. */
export type ScimPage = Page & { items: ScimBody[] };

/** Whether a body comes in pieces: nothing of it may be looked at but its text, once. */
export function isInPieces(body: ScimBody | undefined): body is AsyncIterable<string> {
  return body !== undefined && Symbol.asyncIterator in body;
}

/** The answer with a list (RFC 7644 §3.4.2): in pieces when one of its resources is. */
export function listAnswer({ items, ...page }: ScimPage): ScimAnswer {
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
