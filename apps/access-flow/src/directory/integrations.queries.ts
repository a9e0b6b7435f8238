import { type IntegrationState } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';

/**
 * Keeps the newer state of an integration; a removal is final.
 * @returns whether it is removed by this very state
 */
export async function keepIntegration(tx: Tx, integration: IntegrationState): Promise<{ removedNow: boolean }> {
  const row = await tx.row<{ removed: boolean }>(
    `INSERT INTO access_flow.integrations (id, removed, version) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET removed = excluded.removed, version = excluded.version
       WHERE NOT integrations.removed AND (excluded.removed OR integrations.version < excluded.version)
     RETURNING removed`,
    [integration.integrationId, integration.removed, integration.version],
  );
  return { removedNow: row?.removed ?? false };
}

/** @returns false for an integration that is unknown or removed; one that is here stays until the transaction is over */
export async function lockIntegration(tx: Tx, id: string): Promise<boolean> {
  const row = await tx.row(`SELECT 1 FROM access_flow.integrations WHERE id = $1 AND NOT removed FOR SHARE`, [id]);
  return row !== undefined;
}

/** Every integration, for workers that go through all of them. */
export async function integrationIds(tx: Tx): Promise<string[]> {
  return (await tx.rows<{ id: string }>(`SELECT id FROM access_flow.integrations ORDER BY id`)).map((row) => row.id);
}
