import { BEFORE_ALL } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';

/**
 * Counted blocks of ids. The position of a page in a list of several 100,000 rows, and the total, are sums of a few
 * hundred counts (decision 11). Ids are UUIDv7, so new rows belong to the open tail after the blocks and change no
 * block. Creates and deletes lock the integration's row FOR SHARE until the commit, and closing blocks locks it FOR
 * UPDATE. So only committed rows are counted, and later writes know where the blocks end.
 */
export type Kind = 'users' | 'groups';

const BLOCK_ROWS = 1000;
/** The minimum number of rows in the tail, which allows for ids from slow clocks and long transactions. */
const MIN_TAIL_ROWS = 1000;
/** Blocks are closed when the tail has more rows than this. */
const MAX_TAIL_ROWS = MIN_TAIL_ROWS + 2 * BLOCK_ROWS;
/** The number of blocks closed in one transaction, which limits how long creates wait. */
const BLOCKS_PER_CLOSE = 64;
/** The time for which closing waits for the lock. The next list tries again. */
const LOCK_TIMEOUT_MS = 250;

/** The start of a page in the list of all rows. */
export interface PageStart {
  /** The id from which rows are skipped. */
  from: string;
  /** The number of rows to skip from that id: fewer than a block has, or within the tail. */
  rest: number;
  /** The number of rows in all blocks. */
  closed: number;
  /** The id at which the tail starts. */
  until: string;
}

/** Finds the start of a page by the counts of the blocks. @param skipped the number of rows before the page */
export async function pageStartOf(tx: Tx, kind: Kind, integrationId: string, skipped: number): Promise<PageStart> {
  const found = await tx.row<{ from_id: string | null; before: number; closed: number; until: string }>(
    `WITH blocks AS (
       SELECT first_id, count, (sum(count) OVER (ORDER BY first_id) - count)::float8 AS before
       FROM identity.list_blocks WHERE integration_id = $1 AND kind = '${kind}'
     )
     SELECT b.first_id AS from_id, coalesce(b.before, 0) AS before,
       coalesce((SELECT sum(count) FROM blocks), 0)::float8 AS closed,
       coalesce((SELECT ${kind}_closed_until FROM identity.integrations WHERE integration_id = $1), '${BEFORE_ALL}') AS until
     FROM (SELECT 1) AS one LEFT JOIN LATERAL (
       SELECT first_id, before FROM blocks WHERE before + count > $2 ORDER BY first_id LIMIT 1
     ) AS b ON true`,
    [integrationId, skipped],
  );
  const { from_id, before, closed, until } = found!;
  const at = from_id === null ? { from: until, rest: skipped - closed } : { from: from_id, rest: skipped - before };
  return { ...at, closed, until };
}

/**
 * Counts the rows of the tail. It is a separate statement, because the planner estimates the number of rows well only
 * if the id is a parameter.
 */
export async function tailFrom(tx: Tx, kind: Kind, integrationId: string, until: string): Promise<number> {
  const found = await tx.row<{ tail: number }>(
    `SELECT count(*)::float8 AS tail FROM identity.${kind} WHERE integration_id = $1 AND id >= $2`,
    [integrationId, until],
  );
  return found!.tail;
}

/** Whether a tail is long enough to close blocks. */
export const isLong = (tail: number): boolean => tail > MAX_TAIL_ROWS;

/**
 * Closes up to `BLOCKS_PER_CLOSE` blocks at the beginning of the tail.
 * @throws the error of Postgres (55P03) when the lock is not available in time; nothing is changed then
 */
export async function closeBlocks(tx: Tx, kind: Kind, integrationId: string): Promise<void> {
  await tx.run(`SELECT set_config('lock_timeout', '${LOCK_TIMEOUT_MS}', true)`);
  const integration = await tx.row<{ until: string }>(
    `SELECT coalesce(${kind}_closed_until, '${BEFORE_ALL}') AS until FROM identity.integrations
     WHERE integration_id = $1 AND removed_at IS NULL FOR UPDATE`,
    [integrationId],
  );
  if (!integration) return;
  await tx.run(
    `WITH tail AS (
       SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM (
         SELECT id FROM identity.${kind} WHERE integration_id = $1 AND id >= $2
         ORDER BY id LIMIT ${BLOCKS_PER_CLOSE * BLOCK_ROWS + MIN_TAIL_ROWS}
       ) AS t
     ), closed AS (
       INSERT INTO identity.list_blocks (integration_id, kind, first_id, count)
       SELECT $1, '${kind}', CASE n WHEN 0 THEN $2 ELSE id END, ${BLOCK_ROWS} FROM tail
       WHERE n % ${BLOCK_ROWS} = 0 AND n + ${BLOCK_ROWS} + ${MIN_TAIL_ROWS} <= (SELECT count(*) FROM tail)
       RETURNING 1
     )
     UPDATE identity.integrations i SET ${kind}_closed_until = t.id
     FROM tail t WHERE i.integration_id = $1 AND t.n > 0 AND t.n = ${BLOCK_ROWS} * (SELECT count(*) FROM closed)`,
    [integrationId, integration.until],
  );
}

/**
 * Prevents blocks from being closed until the transaction ends. This must be the first lock of the transaction, because
 * the removal of an integration locks its row first too.
 * @returns the id at which the blocks end, by integration id
 */
export async function holdBlocks(tx: Tx, kind: Kind, integrationIds: string[]): Promise<Map<string, string | null>> {
  const held = await tx.rows<{ integrationId: string; until: string | null }>(
    `SELECT integration_id AS "integrationId", ${kind}_closed_until AS until FROM identity.integrations
     WHERE integration_id = ANY ($1::uuid[]) ORDER BY integration_id FOR SHARE`,
    [integrationIds],
  );
  return new Map(held.map(({ integrationId, until }) => [integrationId, until]));
}

/**
 * Adjusts the count of the block that contains an id, if any.
 * @param closedUntil the id at which the blocks end, read while this transaction had the integration's row locked
 */
export async function countInBlock(
  tx: Tx,
  kind: Kind,
  { integrationId, id }: { integrationId: string; id: string },
  closedUntil: string | null | undefined,
  change: 1 | -1,
): Promise<void> {
  if (!closedUntil || id >= closedUntil) return;
  await tx.run(
    `UPDATE identity.list_blocks SET count = count + $3
     WHERE integration_id = $1 AND kind = '${kind}' AND first_id = (
       SELECT first_id FROM identity.list_blocks WHERE integration_id = $1 AND kind = '${kind}' AND first_id <= $2
       ORDER BY first_id DESC LIMIT 1)`,
    [integrationId, id, change],
  );
}
