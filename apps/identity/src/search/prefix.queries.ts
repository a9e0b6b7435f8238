import { type Page } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { type Kind } from './blocks.queries.js';
import { emailKey } from './email-keys.rule.js';
import { withinBytes } from './keyset.sql.js';
import { type Take } from './page-bytes.js';
import { kindOf, type Listed } from './search.queries.js';

/** A column with an index on integration and column, and the column with the id of the user or group. */
interface Branch {
  table: string;
  id: 'id' | 'user_id';
  column: string;
  /** Binds of the prefix and of the end of its range. */
  range: readonly [string, string];
}

const FOLDED = ['$2', '$3'] as const;
const ASCII = ['$4', '$5'] as const;
const branch = (table: string, column: string, range: Branch['range'] = FOLDED): Branch => ({
  table: `identity.${table}`,
  id: table === 'user_emails' ? 'user_id' : 'id',
  column,
  range,
});

/** Where a prefix is searched. Of `externalId` only ASCII letters are folded: the database makes its key. */
const BRANCHES: Record<Kind, readonly Branch[]> = {
  users: [
    branch('users', 'user_name_key'),
    branch('users', 'display_name_key'),
    branch('users', 'given_name_key'),
    branch('users', 'family_name_key'),
    branch('users', 'external_id_key', ASCII),
    branch('user_emails', 'value_key'),
  ],
  groups: [branch('groups', 'display_name_key'), branch('groups', 'external_id_key', ASCII)],
};

/**
 * A prefix with more entries than this in one index is found by reading users or groups in the order of ids instead, up to
 * `WINDOW` of them for a page.
 */
export const MANY_ENTRIES = 1_000;
export const WINDOW = 2_000;

/** No Unicode character follows it, so all texts that begin with a prefix are below the prefix with it, by code points. */
const LAST_CHARACTER = '\u{10FFFF}';

/** A range instead of LIKE, which is not leakproof: under row-level security Postgres would not use an index for it. */
const begins = (row: string, { column, range: [from, until] }: Branch) =>
  `${row}.${column} >= ${from} AND ${row}.${column} < ${until}`;

const entries = (one: Branch) =>
  `SELECT b.${one.id} AS id FROM ${one.table} b WHERE b.integration_id = $1 AND ${begins('b', one)}`;

/** SQL condition: the row `r` matches. `OFFSET 0` makes the planner look up the e-mail addresses of each row. */
const matches = (one: Branch) =>
  one.id === 'id'
    ? `(${begins('r', one)})`
    : `EXISTS (SELECT 1 FROM ${one.table} b WHERE b.integration_id = $1 AND b.${one.id} = r.id AND ${begins('b', one)} OFFSET 0)`;

/**
 * A page of the users or groups of an integration with an attribute that begins with a prefix, by id. What bounds its cost,
 * in index entries and rows: if every branch has few entries, `MANY_ENTRIES` of each branch; if one has many, `WINDOW` rows
 * after the cursor. A page of the second kind can have fewer items than `limit`, and none, although another follows.
 * @param prefix without NUL and unpaired surrogates; compared without regard to case by its first 256 characters
 * @param only SQL for a condition on the rows `r`
 */
export async function pageByPrefix<Row extends { id: string }, Item>(
  tx: Tx,
  listed: Listed,
  integrationId: string,
  { after, limit, prefix }: { after: string; limit: number; prefix: string },
  take: Take<Row, Item>,
  only = 'true',
): Promise<Page<Item>> {
  const { table, row } = listed;
  const branches = BRANCHES[kindOf(listed)];
  const folded = emailKey(foldCase(prefix));
  const ascii = prefix.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const range = [folded, folded + LAST_CHARACTER, ascii, ascii + LAST_CHARACTER];
  const binds = [integrationId, ...range];
  const isWide = await hasManyEntries(tx, branches, binds);
  const windowEnd = isWide ? await endOfWindow(tx, table, integrationId, after) : undefined;
  const source = isWide
    ? `(SELECT * FROM ${table} WHERE integration_id = $1 AND id > $6 ORDER BY id LIMIT ${WINDOW})`
    : table;
  const condition = isWide
    ? `(${branches.map(matches).join(' OR ')})`
    : `r.id = ANY (ARRAY(${branches.map(entries).join(' UNION ')}))`;
  const page = `SELECT ${row} FROM ${source} AS r
    WHERE r.integration_id = $1 AND r.id > $6 AND ${only} AND ${condition} ORDER BY r.id LIMIT $7`;
  const found = await tx.search<Row>(withinBytes(page, 'id', limit), [...binds, after, limit + 1]);
  const items = await take(found.slice(0, limit));
  return { items, nextCursor: found.length > items.length ? found[items.length - 1]!.id : (windowEnd ?? null) };
}

/** Reads at most one entry more than `MANY_ENTRIES` of each index. The order makes the planner use the index. */
async function hasManyEntries(tx: Tx, branches: readonly Branch[], binds: readonly string[]): Promise<boolean> {
  const counts = branches.map((one) => {
    const first = `${entries(one)} ORDER BY b.${one.column} LIMIT ${MANY_ENTRIES + 1}`;
    return `(SELECT count(*) FROM (${first}) AS first) > ${MANY_ENTRIES}`;
  });
  const [found] = await tx.search<{ many: boolean }>(`SELECT ${counts.join(' OR ')} AS many`, binds);
  return found!.many;
}

/** @returns the last id of the window; undefined if all rows after `after` are in it */
async function endOfWindow(tx: Tx, table: string, integrationId: string, after: string): Promise<string | undefined> {
  const sql = `SELECT id FROM ${table} WHERE integration_id = $1 AND id > $2 ORDER BY id OFFSET ${WINDOW - 1} LIMIT 1`;
  return (await tx.search<{ id: string }>(sql, [integrationId, after]))[0]?.id;
}
