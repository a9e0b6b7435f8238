import { LANES } from '@tidegate/contracts';
import { type Quarantine, type QuarantinedFact } from '@tidegate/messaging';
import { type Database } from './database.js';

/** The quarantine of a teller whose facts go to their hearers without a broker: kept beside its outbox. */
export class OutboxQuarantine implements Quarantine {
  constructor(private readonly database: Database) {}

  list(limit: number): Promise<QuarantinedFact[]> {
    const { schema } = this.database;
    return this.database.unscoped(async (tx) => {
      const rows = await tx.rows<Omit<QuarantinedFact, 'quarantinedAt'> & { since: Date }>(
        `SELECT fact_id AS "factId", name, hearer, reason, d.attempts, since
         FROM ${schema}.outbox_delivery d JOIN ${schema}.outbox o ON o.id = d.fact_id
         WHERE state = 'quarantined' ORDER BY fact_id LIMIT $1`,
        [limit],
      );
      return rows.map(({ since, ...fact }) => ({ ...fact, quarantinedAt: since.toISOString() }));
    });
  }

  redrive(factId: string, hearer: string): Promise<boolean> {
    return this.settle(factId, hearer, 'due');
  }

  discard(factId: string, hearer: string): Promise<boolean> {
    return this.settle(factId, hearer, 'done');
  }

  private settle(factId: string, hearer: string, state: 'due' | 'done'): Promise<boolean> {
    const { schema } = this.database;
    return this.database.unscoped(async (tx) => {
      const found = await tx.run(
        `UPDATE ${schema}.outbox_delivery SET state = $3, attempts = 0, since = now()
         WHERE fact_id = $1 AND hearer = $2 AND state = 'quarantined'`,
        [factId, hearer, state],
      );
      await tx.run(`UPDATE ${schema}.outbox SET next_try_at = '-infinity' WHERE id = $1`, [factId]);
      for (const lane of LANES) tx.told.add(lane); // the relay takes it from here
      return found === 1;
    });
  }
}
