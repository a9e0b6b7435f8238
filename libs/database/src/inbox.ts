import { type Event } from '@tidegate/contracts';
import { type Database } from './database.js';
import { type Tx } from './tx.js';

/**
 * Handles an event once, however often it is delivered: what `work` does and the memory of having done it commit together.
 * The transaction sees the rows of the event's integration only.
 */
export async function once(database: Database, event: Event, work: (tx: Tx) => Promise<void>): Promise<void> {
  await database.transaction({ integrationIds: [event.integrationId] }, async (tx) => {
    const first = await tx.run(`INSERT INTO ${database.schema}.inbox (event_id) VALUES ($1) ON CONFLICT DO NOTHING`, [
      event.id,
    ]);
    if (first === 1) await work(tx);
  });
}
