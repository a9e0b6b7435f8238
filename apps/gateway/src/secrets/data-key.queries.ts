import { type Tx } from '@tidegate/database';

export interface DataKeyRow {
  key: Buffer;
  /** Whether `key` is sealed under the configured encryption key. */
  sealed: boolean;
}

/** Inserts the key if none is stored. @returns the stored key, locked */
export async function getOrInsertDataKey(tx: Tx, made: DataKeyRow): Promise<DataKeyRow> {
  await tx.run('INSERT INTO gateway.data_key (key, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    made.key,
    made.sealed,
  ]);
  return (await tx.row<DataKeyRow>('SELECT key, sealed FROM gateway.data_key FOR UPDATE'))!;
}

/** Stores the same key in another encryption. */
export async function updateDataKey(tx: Tx, { key, sealed }: DataKeyRow): Promise<void> {
  await tx.run('UPDATE gateway.data_key SET key = $1, sealed = $2', [key, sealed]);
}
