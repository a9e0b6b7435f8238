/**
 * SQL that writes events in the statement that writes what they tell, which saves the most frequent writes a round trip.
 * Whoever uses it adds the lane to `tx.told`.
 * @param source name of the CTE that holds one row when there is something to tell, and none when not
 * @param bind the placeholder of the events: a JSON array of what `outboxRow` gives
 */
export const insertEventsFrom = (source: string, bind: string): string =>
  `INSERT INTO identity.outbox (id, name, integration_id, subject, version, request_id, actor, data, urgent)
   SELECT f.* FROM ${source}, jsonb_to_recordset(${bind}::jsonb)
     AS f (id uuid, name text, integration_id uuid, subject uuid, version bigint, request_id text, actor jsonb,
           data jsonb, urgent boolean)`;
