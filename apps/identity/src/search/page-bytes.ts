import { LIST_BYTES } from '@tidegate/contracts';

/** How many rows records are made of at once: their groups and members are read together. */
const AT_ONCE = 50;

/** A row of a page, with the bytes of the attributes before it where they were measured. */
export type Measured<Row> = Row & { bytes_before?: number };

/** Makes of the rows of a page, in their order, the records of those that fit on it, from the first on. */
export type Take<Row, Record> = (rows: Measured<Row>[]) => Promise<Record[]>;

interface Making<Row, Record> {
  /** @param short whether to leave out what is shown in part anyway, such as members */
  records: (rows: Row[], short: boolean) => Promise<Record[]>;
  /** A record without what may be left out of it. */
  shorten?: (record: Record) => Record;
}

/**
 * Makes records as long as they take `LIST_BYTES` of JSON at most. One that would take more is shortened; if that is not
 * enough, the page ends before it. The first is always taken.
 */
export async function recordsThatFit<Row, Record>(
  rows: readonly Measured<Row>[],
  { records, shorten = (record) => record }: Making<Row, Record>,
): Promise<Record[]> {
  const page: Record[] = [];
  let bytes = 0;
  let short = false;
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    for (const record of await records(rows.slice(from, from + AT_ONCE), short)) {
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
