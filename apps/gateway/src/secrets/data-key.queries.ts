import { type Tx } from '@tidegate/database';

export interface DataKeyRow {
  key: Buffer;
  /** Whether `key` is sealed under the configured encryption key. */
  sealed: boolean;
}

/** @returns the key as it is kept, locked; the one given when there was none */
export async function keepDataKey(tx: Tx, made: DataKeyRow): Promise<DataKeyRow> {
  await tx.run('INSERT INTO gateway.data_key (key, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    made.key,
    made.sealed,
  ]);
  return (await tx.row<DataKeyRow>('SELECT key, sealed FROM gateway.data_key FOR UPDATE'))!;
}

/** Writes the same key in another form. */
export async function rewriteDataKey(tx: Tx, { key, sealed }: DataKeyRow): Promise<void> {
  await tx.run('UPDATE gateway.data_key SET key = $1, sealed = $2', [key, sealed]);
}
