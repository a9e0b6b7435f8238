import { type Command, type ScimListReply } from '@tidegate/contracts';
import { type Database, type Tx } from '@tidegate/database';
import { type ResourceType } from '@tidegate/scim';
import { oneIntegration } from '../command.rule.js';
import { closeBlocks, isLong } from './blocks.queries.js';
import { type Take } from './page-bytes.js';
import { kindOf, type Listed, search } from './search.queries.js';

/** Postgres gives up waiting for a lock, or for the end of a statement. */
const TOO_BUSY: ReadonlySet<unknown> = new Set(['55P03', '57014', 'deadline']);

/**
 * Answers a SCIM list in one transaction, then closes blocks when it met many rows that no block counts: whoever lists
 * next finds them counted.
 * @param type the resource type as the command's integration has it
 * @param take makes of the rows what is answered
 * @throws what `search` throws; Refusal `invalid` when the command is not about one integration
 */
export async function list<Row extends object, Record>(
  database: Database,
  command: Command<'users.list' | 'groups.list'>,
  listed: Listed,
  type: ResourceType,
  take: (tx: Tx) => Take<Row, Record>,
): Promise<ScimListReply<Record>> {
  const asked = { type, integrationId: oneIntegration(command), query: command.data, now: Date.now() };
  const { tail, ...reply } = await database.transaction(command, (tx) => search(tx, listed, asked, take(tx)));
  if (isLong(tail ?? 0))
    await database
      .transaction(command, (tx) => closeBlocks(tx, kindOf(listed), asked.integrationId))
      .catch((error: unknown) => {
        // The list is answered; who creates goes first, and the next list closes what is left.
        if (!TOO_BUSY.has((error as { code?: unknown }).code)) throw error;
      });
  return reply;
}
