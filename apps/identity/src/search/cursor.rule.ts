import { createHash } from 'node:crypto';
import { isId, type ScimListQuery } from '@tidegate/contracts';
import { CURSOR_SECONDS, ScimError } from '@tidegate/scim';
import { type SortKey } from './sort.sql.js';

/** A position next to a row of a sorted list, and the direction of the page from there. */
export interface Position {
  forward: boolean;
  /** The sort key of that row; null if the row has no value or the list is not sorted. */
  /** The id of that row. */
  key: string | number | boolean | null;
  id: string;
  /** Whether that row belongs to the page. */
  inclusive: boolean;
}

/** The list for which a cursor is valid, and the current time. */
export interface CursorScope {
  integrationId: string;
  type: string;
  query: ScimListQuery;
  /** The current time in milliseconds since 1970. */
  now: number;
}

/** The accepted difference between the clocks of two processes, in seconds. */
const SKEW_SECONDS = 60;

/** Encodes a cursor (RFC 9865 §2). It is opaque to clients, and valid for the same list for `CURSOR_SECONDS`. */
export function writeCursor(scope: CursorScope, { forward, key, id, inclusive }: Position): string {
  const parts = [fingerprint(scope), Math.floor(scope.now / 1000), forward, key, id, inclusive];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * Decodes a cursor.
 * @param type the type of the sort key; undefined when the list is sorted by id only
 * @throws ScimError invalidCursor for a cursor that `writeCursor` did not return for this list, expiredCursor for an
 *   old one
 */
export function readCursor(scope: CursorScope, cursor: string, type: SortKey['type'] | undefined): Position {
  const [encodedFingerprint, issued, forward, key, id, inclusive, ...rest] = partsOf(cursor);
  const age = scope.now / 1000 - Number(issued);
  const isComplete = rest.length === 0 && typeof issued === 'number' && age >= -SKEW_SECONDS;
  if (!isComplete || encodedFingerprint !== fingerprint(scope) || !isId(id)) throw invalid();
  if (typeof forward !== 'boolean' || typeof inclusive !== 'boolean' || !isKey(key, type)) throw invalid();
  if (age > CURSOR_SECONDS)
    throw new ScimError('expiredCursor', 'The cursor has expired. Start again with the first page.');
  return { forward, key, id, inclusive };
}

function partsOf(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parts)) return parts;
  } catch {
    // refused below
  }
  throw invalid();
}

/** Identifies the list, because a cursor cannot be used with another filter or order. */
function fingerprint({ integrationId, type, query }: CursorScope): string {
  const { filter = null, sortBy = null, sortOrder = 'ascending' } = query;
  const list = JSON.stringify([integrationId, type, filter, sortBy, sortOrder]);
  return createHash('sha256').update(list).digest('base64url').slice(0, 16);
}

function isKey(key: unknown, type: SortKey['type'] | undefined): key is Position['key'] {
  if (key === null) return true;
  switch (type) {
    case undefined:
      return false;
    case 'text':
      return typeof key === 'string' && !key.includes('\0');
    case 'uuid':
      return isId(key);
    case 'timestamptz':
      return (
        typeof key === 'string' &&
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(key) &&
        !Number.isNaN(Date.parse(key))
      );
    case 'boolean':
      return typeof key === 'boolean';
    case 'jsonb':
      return typeof key === 'number' || typeof key === 'boolean';
  }
}

const invalid = (): ScimError => new ScimError('invalidCursor', 'The cursor is not valid for this list.');
