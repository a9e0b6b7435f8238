import { type Event } from '@tidegate/contracts';
import { type Database } from './database.js';
import { type Tx } from './tx.js';

/**
 * Handles an event once, also if it is delivered repeatedly: the changes of `work` and the event's id in the inbox commit
 * together. The transaction sees only the rows of the event's integration. For an event without one it is unscoped.
 * @throws errors of `work`; nothing is changed then
 */
export async function once(database: Database, event: Event, work: (tx: Tx) => Promise<void>): Promise<void> {
  const { id, integrationId } = event;
  const handle = async (tx: Tx) => {
    const first = await tx.run(
      `INSERT INTO ${database.schema}.inbox (event_id, integration_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [id, integrationId],
    );
    if (first === 1) await work(tx);
  };
  await (integrationId === null ? database.unscoped(handle) : database.inIntegration(integrationId, handle));
}
