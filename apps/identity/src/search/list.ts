import { type Command, type ScimListReply } from '@tidegate/contracts';
import { type Database, type Tx } from '@tidegate/database';
import { type ResourceType } from '@tidegate/scim';
import { oneIntegration } from '../common/command.rule.js';
import { closeBlocks, isLong } from './blocks.queries.js';
import { type Take } from './page-bytes.js';
import { kindOf, type Listed, search } from './search.queries.js';

/** Error codes of a lock timeout, a statement timeout and a passed deadline. */
const TOO_BUSY: ReadonlySet<unknown> = new Set(['55P03', '57014', 'deadline']);

/**
 * Reads a page of a SCIM list in one transaction. If the tail is long, it then closes blocks, so that later lists are
 * faster.
 * @param type the resource type of the command's integration
 * @param take converts rows to records
 * @throws the errors of `search`; Refusal `invalid` when the command does not have exactly one integration
 */
export async function list<Row extends object, Record>(
  database: Database,
  command: Command<'users.list' | 'groups.list'>,
  listed: Listed,
  type: ResourceType,
  take: (tx: Tx) => Take<Row, Record>,
): Promise<ScimListReply<Record>> {
  const request = { type, integrationId: oneIntegration(command), query: command.data, now: Date.now() };
  const { tail, ...reply } = await database.transaction(command, (tx) => search(tx, listed, request, take(tx)));
  if (isLong(tail ?? 0))
    await database
      .transaction(command, (tx) => closeBlocks(tx, kindOf(listed), request.integrationId))
      .catch((error: unknown) => {
        // The page is complete. Creates have priority, and a later list closes the remaining blocks.
        if (!TOO_BUSY.has((error as { code?: unknown }).code)) throw error;
      });
  return reply;
}
