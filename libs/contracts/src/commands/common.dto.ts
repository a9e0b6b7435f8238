import { CursorField, IdField, IntegerField, StringField } from '../dto/fields.js';
import { MAX_PAGE } from '../values.js';

/** One page of a list. `nextCursor` is the `cursor` of the next page, null on the last page. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** The data of a command about one object. */
export class OfId {
  @IdField() id: string;
}

export class PageQuery {
  @StringField({ max: 500, optional: true })
  cursor?: string;
  @IntegerField({ min: 1, max: MAX_PAGE })
  limit: number;
}

/** A page of the items whose names, addresses or external id begin with `search`; of all items without it. */
export interface SearchQuery extends PageQuery {
  search?: string;
}

/** A page in the order of ids: the cursor is an id. */
export class IdPageQuery extends PageQuery {
  @CursorField()
  override cursor?: string;
}

/**
 * @param rows up to `limit` + 1 rows; one more than `limit` means that another page follows
 * @param cursor returns the cursor of the page after a row
 * @param record converts a row to an item
 * @returns the page of at most `limit` items
 */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  cursor: (row: Row) => string,
  record: (row: Row) => T,
): Page<T> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(record), nextCursor: last ? cursor(last) : null };
}
