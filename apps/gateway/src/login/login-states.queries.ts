import { type Tx } from '@tidegate/database';

/** Marks the state of a login used. @returns false when it was used before */
export async function consumeLoginState(tx: Tx, hash: Buffer): Promise<boolean> {
  await tx.run(`DELETE FROM gateway.used_login_states WHERE used_at < now() - interval '1 hour'`);
  return (await tx.run('INSERT INTO gateway.used_login_states (hash) VALUES ($1) ON CONFLICT DO NOTHING', [hash])) > 0;
}
