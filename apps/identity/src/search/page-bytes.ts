import { LIST_BYTES } from '@tidegate/contracts';

/** The number of rows converted at a time. Their groups and members are read together. */
const ROWS_PER_STEP = 50;

/** A row of a page. `bytes_before` is the size of the attributes of the rows before it, if it was measured. */
export type Measured<Row> = Row & { bytes_before?: number };

/** Converts the rows of a page, in order, to records, until the page is full. */
export type Take<Row, Record> = (rows: Measured<Row>[]) => Promise<Record[]>;

interface Conversion<Row, Record> {
  /** @param short whether to leave out parts that have their own pages, such as members */
  records: (rows: Row[], short: boolean) => Promise<Record[]>;
  /** Removes the parts that have their own pages from a record. */
  shorten?: (record: Record) => Record;
}

/**
 * Converts rows to records up to `LIST_BYTES` of JSON. A record that exceeds the limit is shortened. If it is still too
 * large, the page ends before it. A page always has its first record.
 */
export async function recordsThatFit<Row, Record>(
  rows: readonly Measured<Row>[],
  { records, shorten = (record) => record }: Conversion<Row, Record>,
): Promise<Record[]> {
  const page: Record[] = [];
  let bytes = 0;
  let short = false;
  for (let from = 0; from < rows.length; from += ROWS_PER_STEP) {
    for (const record of await records(rows.slice(from, from + ROWS_PER_STEP), short)) {
      if ((rows[page.length]?.bytes_before ?? 0) >= LIST_BYTES) return page;
      short ||= bytes + bytesOf(record) > LIST_BYTES;
      const fitting = short ? shorten(record) : record;
      const size = bytesOf(fitting);
      if (page.length > 0 && bytes + size > LIST_BYTES) return page;
      page.push(fitting);
      bytes += size;
    }
  }
  return page;
}

const bytesOf = (record: unknown): number => Buffer.byteLength(JSON.stringify(record));
