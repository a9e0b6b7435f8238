import { type Tx } from '@tidegate/database';
import { requireFound } from '../common/require-found.js';

/** Locks a user, so that no grant of it is created until the transaction ends. @returns its name; @throws Refusal `missing` */
export async function lockNamedUser(tx: Tx, integrationId: string, id: string): Promise<string> {
  const row = await tx.row<{ name: string }>(
    `SELECT user_name AS name FROM access_flow.users WHERE integration_id = $1 AND id = $2 AND NOT deleted
     FOR NO KEY UPDATE`,
    [integrationId, id],
  );
  return requireFound(row, 'user').name;
}

/** @returns how many of the ids are those of grants of the integration */
export async function countGrants(tx: Tx, integrationId: string, ids: string[]): Promise<number> {
  const row = await tx.row<{ count: number }>(
    `SELECT count(*) AS count FROM access_flow.grants WHERE integration_id = $1 AND id = ANY ($2::uuid[])`,
    [integrationId, ids],
  );
  return row?.count ?? 0;
}
