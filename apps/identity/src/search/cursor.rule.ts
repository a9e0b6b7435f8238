import { createHash } from 'node:crypto';
import { isId, type ScimListQuery } from '@tidegate/contracts';
import { CURSOR_SECONDS, ScimError } from '@tidegate/scim';
import { type SortKey } from './sort.rule.js';

/** A place in a sorted list: between two rows, and which way the page goes from there. */
export interface Position {
  forward: boolean;
  /** What the row beside it is sorted by, null when it has no value, or nothing is sorted by. */
  key: string | number | boolean | null;
  id: string;
  /** Whether the row itself belongs to the page. */
  inclusive: boolean;
}

/** What a cursor belongs to: a list of one type in one integration, and the time of asking. */
export interface CursorScope {
  integrationId: string;
  type: string;
  query: ScimListQuery;
  /** Milliseconds since 1970. */
  now: number;
}

/** Clocks of two processes may differ by as much, in seconds. */
const SKEW_SECONDS = 60;

/** A cursor (RFC 9865 §2): opaque to clients, and of use for the same list alone, for a while. */
export function writeCursor(scope: CursorScope, { forward, key, id, inclusive }: Position): string {
  const parts = [fingerprint(scope), Math.floor(scope.now / 1000), forward, key, id, inclusive];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * @param type of what the list is sorted by; undefined when by ids alone
 * @throws ScimError invalidCursor for what `writeCursor` did not make of this list, expiredCursor for what it made long ago
 */
export function readCursor(scope: CursorScope, cursor: string, type: SortKey['type'] | undefined): Position {
  const [mark, issued, forward, key, id, inclusive, ...rest] = partsOf(cursor);
  const age = scope.now / 1000 - Number(issued);
  const whole = rest.length === 0 && typeof issued === 'number' && age >= -SKEW_SECONDS;
  if (!whole || mark !== fingerprint(scope) || !isId(id)) throw invalid();
  if (typeof forward !== 'boolean' || typeof inclusive !== 'boolean' || !isKey(key, type)) throw invalid();
  if (age > CURSOR_SECONDS) throw new ScimError('expiredCursor', 'The cursor is too old: begin with the first page.');
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

/** A page of another filter or order would not go on where its cursor's page ended. */
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

const invalid = (): ScimError => new ScimError('invalidCursor', 'The cursor is none that this list gave.');
