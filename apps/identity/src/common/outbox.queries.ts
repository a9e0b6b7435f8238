import { OUTBOX_COLUMNS, OUTBOX_RECORD } from '@tidegate/database';

/**
 * SQL that inserts events in the same statement as their change, which saves a round trip for the most frequent writes.
 * The caller adds the lane to `tx.eventLanes`, so that the relay is started after the commit.
 * @param source the name of a CTE with one row if the events are to be inserted, and no row otherwise
 * @param bind the placeholder of the events, a JSON array of results of `outboxRow`
 */
export const insertEventsFrom = (source: string, bind: string): string =>
  `INSERT INTO identity.outbox (${OUTBOX_COLUMNS})
   SELECT e.* FROM ${source}, jsonb_to_recordset(${bind}::jsonb) AS e (${OUTBOX_RECORD})`;
