import { LANES } from '@tidegate/contracts';
import { type DeadLetters, type DeadLetter } from '@tidegate/messaging';
import { type Database } from './database.js';

/** The dead letters of a publisher without a broker. They are stored in `outbox_delivery`. */
export class OutboxDeadLetters implements DeadLetters {
  constructor(private readonly database: Database) {}

  list(limit: number): Promise<DeadLetter[]> {
    const { schema } = this.database;
    return this.database.unscoped(async (tx) => {
      const rows = await tx.rows<Omit<DeadLetter, 'deadLetteredAt'> & { since: Date }>(
        `SELECT event_id AS "eventId", name, subscriber, reason, d.attempts, since
         FROM ${schema}.outbox_delivery d JOIN ${schema}.outbox o ON o.id = d.event_id
         WHERE state = 'dead' ORDER BY event_id LIMIT $1`,
        [limit],
      );
      return rows.map(({ since, ...event }) => ({ ...event, deadLetteredAt: since.toISOString() }));
    });
  }

  redrive(eventId: string, subscriber: string): Promise<boolean> {
    return this.settle(eventId, subscriber, 'due');
  }

  discard(eventId: string, subscriber: string): Promise<boolean> {
    return this.settle(eventId, subscriber, 'done');
  }

  private settle(eventId: string, subscriber: string, state: 'due' | 'done'): Promise<boolean> {
    const { schema } = this.database;
    return this.database.unscoped(async (tx) => {
      const found = await tx.run(
        `UPDATE ${schema}.outbox_delivery SET state = $3, attempts = 0, since = now()
         WHERE event_id = $1 AND subscriber = $2 AND state = 'dead'`,
        [eventId, subscriber, state],
      );
      await tx.run(`UPDATE ${schema}.outbox SET next_try_at = '-infinity' WHERE id = $1`, [eventId]);
      for (const lane of LANES) tx.eventLanes.add(lane);
      return found === 1;
    });
  }
}
