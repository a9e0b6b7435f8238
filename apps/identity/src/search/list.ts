import { type ScimListReply } from '@tidegate/contracts';
import { type Database, type Scope, type Tx } from '@tidegate/database';
import { closeBlocks, isLong } from './blocks.queries.js';
import { kindOf, type Listed, search, type Search } from './search.queries.js';

/** Postgres gives up waiting for a lock, or for the end of a statement. */
const TOO_BUSY: ReadonlySet<unknown> = new Set(['55P03', '57014', 'deadline']);

/**
 * Answers a SCIM list in one transaction, then closes blocks when it met many rows that no block counts: whoever lists
 * next finds them counted.
 * @param records makes of the rows what is answered
 * @throws what `search` throws
 */
export async function list<Row extends object, Record>(
  database: Database,
  scope: Scope,
  listed: Listed,
  asked: Search,
  records: (tx: Tx, rows: Row[]) => Promise<Record[]>,
): Promise<ScimListReply<Record>> {
  const { tail, ...reply } = await database.transaction(scope, async (tx) => {
    const { rows, ...found } = await search<Row>(tx, listed, asked);
    return { ...found, items: await records(tx, rows) };
  });
  if (isLong(tail ?? 0))
    await database
      .transaction(scope, (tx) => closeBlocks(tx, kindOf(listed), asked.integrationId))
      .catch((error: unknown) => {
        // The list is answered; who creates goes first, and the next list closes what is left.
        if (!TOO_BUSY.has((error as { code?: unknown }).code)) throw error;
      });
  return reply;
}
