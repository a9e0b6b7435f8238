import { BEFORE_ALL } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';

/**
 * Counted blocks of ids: a page deep in a list of hundreds of thousands is found by adding a few hundred numbers, and so
 * is how many there are (decision 11). Ids are UUIDv7: new rows come in the open tail behind the blocks, and touch none.
 * Whoever creates or deletes holds the integration's row for share until the commit, whoever closes blocks holds it
 * alone: what is counted is committed, and what comes later knows where the blocks end.
 */
export type Kind = 'users' | 'groups';

const BLOCK = 1000;
/** What stays open behind the blocks: so many ids a clock that is behind, or a long transaction, may come late. */
const OPEN = 1000;
/** A tail that long is worth closing. */
const LONG = OPEN + 2 * BLOCK;
/** Blocks closed at once, so that nobody who creates waits for more than a moment. */
const AT_ONCE = 64;
/** How long closing waits for those who create; the next list tries again. */
const PATIENCE_MS = 250;

/** Where a part of the list begins. */
export interface Seat {
  /** The id from which to count on. */
  from: string;
  /** How many rows to pass over from there: less than a block, or within the tail. */
  rest: number;
  /** Rows in all blocks. */
  closed: number;
  /** The id at which the tail begins. */
  until: string;
}

/** Finds the place after so many rows in the list of everything, by the counts of the blocks. */
export async function seatOf(tx: Tx, kind: Kind, integrationId: string, skipped: number): Promise<Seat> {
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

/** How many rows no block counts. A statement of its own: with the id in hand the planner knows how few they are. */
export async function tailFrom(tx: Tx, kind: Kind, integrationId: string, until: string): Promise<number> {
  const found = await tx.row<{ tail: number }>(
    `SELECT count(*)::float8 AS tail FROM identity.${kind} WHERE integration_id = $1 AND id >= $2`,
    [integrationId, until],
  );
  return found!.tail;
}

/** Whether closing blocks is worth it. */
export const isLong = (tail: number): boolean => tail > LONG;

/**
 * Closes blocks at the beginning of the tail, a bounded number.
 * @throws what Postgres throws (55P03) when others create all the while; nothing is changed then
 */
export async function closeBlocks(tx: Tx, kind: Kind, integrationId: string): Promise<void> {
  await tx.run(`SELECT set_config('lock_timeout', '${PATIENCE_MS}', true)`);
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
         ORDER BY id LIMIT ${AT_ONCE * BLOCK + OPEN}
       ) AS t
     ), closed AS (
       INSERT INTO identity.list_blocks (integration_id, kind, first_id, count)
       SELECT $1, '${kind}', CASE n WHEN 0 THEN $2 ELSE id END, ${BLOCK} FROM tail
       WHERE n % ${BLOCK} = 0 AND n + ${BLOCK} + ${OPEN} <= (SELECT count(*) FROM tail)
       RETURNING 1
     )
     UPDATE identity.integrations i SET ${kind}_closed_until = t.id
     FROM tail t WHERE i.integration_id = $1 AND t.n > 0 AND t.n = ${BLOCK} * (SELECT count(*) FROM closed)`,
    [integrationId, integration.until],
  );
}

/**
 * Keeps blocks from being closed until the transaction ends. Before any other lock, as whoever removes an integration
 * takes its row first too.
 * @returns where the blocks end, by integration
 */
export async function holdBlocks(tx: Tx, kind: Kind, integrationIds: string[]): Promise<Map<string, string | null>> {
  const held = await tx.rows<{ integration_id: string; until: string | null }>(
    `SELECT integration_id, ${kind}_closed_until AS until FROM identity.integrations
     WHERE integration_id = ANY ($1::uuid[]) ORDER BY integration_id FOR SHARE`,
    [integrationIds],
  );
  return new Map(held.map(({ integration_id, until }) => [integration_id, until]));
}

/**
 * Corrects the block that holds an id, if one does.
 * @param closedUntil as the integration said while its row was held for share in this transaction
 */
export async function countInBlock(
  tx: Tx,
  kind: Kind,
  { integration_id, id }: { integration_id: string; id: string },
  closedUntil: string | null | undefined,
  change: 1 | -1,
): Promise<void> {
  if (!closedUntil || id >= closedUntil) return;
  await tx.run(
    `UPDATE identity.list_blocks SET count = count + $3
     WHERE integration_id = $1 AND kind = '${kind}' AND first_id = (
       SELECT first_id FROM identity.list_blocks WHERE integration_id = $1 AND kind = '${kind}' AND first_id <= $2
       ORDER BY first_id DESC LIMIT 1)`,
    [integration_id, id, change],
  );
}
