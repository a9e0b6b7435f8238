import { type Tx } from '@tidegate/database';

export interface DataKeyRow {
  key: Buffer;
  /** Whether `key` is sealed under the configured encryption key. */
  sealed: boolean;
}

/** Inserts the key if none is stored in the schema. @returns the stored key, locked */
export async function getOrInsertDataKey(tx: Tx, schema: string, made: DataKeyRow): Promise<DataKeyRow> {
  await tx.run(`INSERT INTO ${schema}.data_key (key, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    made.key,
    made.sealed,
  ]);
  return (await tx.row<DataKeyRow>(`SELECT key, sealed FROM ${schema}.data_key FOR UPDATE`))!;
}

/** Stores the same key in another encryption. */
export async function updateDataKey(tx: Tx, schema: string, { key, sealed }: DataKeyRow): Promise<void> {
  await tx.run(`UPDATE ${schema}.data_key SET key = $1, sealed = $2`, [key, sealed]);
}
