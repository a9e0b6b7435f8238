import { type Fact } from '@tidegate/contracts';
import { type Database } from './database.js';
import { type Tx } from './tx.js';

/**
 * Handles a fact once, however often it is delivered: what `work` does and the memory of having done it commit together.
 * The transaction sees the rows of the fact's integration only.
 */
export async function once(database: Database, fact: Fact, work: (tx: Tx) => Promise<void>): Promise<void> {
  await database.transaction({ integrationIds: [fact.integrationId] }, async (tx) => {
    const first = await tx.run(`INSERT INTO ${database.schema}.inbox (fact_id) VALUES ($1) ON CONFLICT DO NOTHING`, [
      fact.id,
    ]);
    if (first === 1) await work(tx);
  });
}
