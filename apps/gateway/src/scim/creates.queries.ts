import { type Tx } from '@tidegate/database';
import { type CreateAttemptEntity } from './create-attempt.entity.js';

/** Stores a create with unknown outcome, and deletes those of the integration older than a day. */
export async function insertAttempt(tx: Tx, integrationId: string, bodyHash: Buffer, commandId: string): Promise<void> {
  await tx.run(
    `DELETE FROM gateway.create_attempts WHERE integration_id = $1 AND created_at < now() - interval '1 day'`,
    [integrationId],
  );
  await tx.run(
    `INSERT INTO gateway.create_attempts (integration_id, body_hash, command_id) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING`,
    [integrationId, bodyHash, commandId],
  );
}

/** @returns at most ten command ids of the last day, newest first: Okta retries a call up to ten times */
export async function recentAttempts(tx: Tx, integrationId: string, bodyHash: Buffer): Promise<string[]> {
  const rows = await tx.rows<Pick<CreateAttemptEntity, 'commandId'>>(
    `SELECT command_id AS "commandId" FROM gateway.create_attempts
     WHERE integration_id = $1 AND body_hash = $2 AND created_at >= now() - interval '1 day'
     ORDER BY created_at DESC LIMIT 10`,
    [integrationId, bodyHash],
  );
  return rows.map(({ commandId }) => commandId);
}
