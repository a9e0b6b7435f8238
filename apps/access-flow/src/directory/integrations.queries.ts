import { type IntegrationState } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';

/** What a state changes, compared with what was known. */
export interface IntegrationChange {
  removedNow: boolean;
  /** It was disabled since the state that was known, even if it is enabled again. */
  disabledSince: boolean;
}

/**
 * Keeps the newer state of an integration; a removal is final. Its row stays locked: whoever is asking for something in it
 * holds it for share.
 */
export async function keepIntegration(tx: Tx, told: IntegrationState): Promise<IntegrationChange> {
  const { integrationId: id, removed, version } = told;
  await tx.run(
    `INSERT INTO access_flow.integrations (id, removed, version) VALUES ($1, false, 0) ON CONFLICT DO NOTHING`,
    [id],
  );
  const before = await tx.row<{ disablements: number }>(
    `SELECT disablements FROM access_flow.integrations WHERE id = $1 FOR UPDATE`,
    [id],
  );
  // Events of a teller of the release before do not say whether it is disabled: it could not be.
  const after = await tx.row<{ disablements: number }>(
    `UPDATE access_flow.integrations SET removed = $2, version = $3, disabled = coalesce($4, false),
       disablements = greatest(disablements, coalesce($5, 0))
     WHERE id = $1 AND NOT removed AND ($2 OR version < $3) RETURNING disablements`,
    [id, removed, version, told.disabled, told.disablements],
  );
  if (!before || !after) return { removedNow: false, disabledSince: false };
  return { removedNow: removed, disabledSince: after.disablements > before.disablements };
}

/**
 * Keeps an integration from being disabled or removed until the transaction is over.
 * @returns whether it is disabled; undefined for one that is unknown or removed
 */
export async function lockIntegration(tx: Tx, id: string): Promise<{ disabled: boolean } | undefined> {
  return tx.row<{ disabled: boolean }>(
    `SELECT disabled FROM access_flow.integrations WHERE id = $1 AND NOT removed FOR SHARE`,
    [id],
  );
}

/**
 * Keeps an integration from being removed until the transaction is over.
 * @returns whether it is removed; false for an unknown one
 */
export async function lockIfRemoved(tx: Tx, id: string): Promise<boolean> {
  const row = await tx.row<{ removed: boolean }>(
    `SELECT removed FROM access_flow.integrations WHERE id = $1 FOR SHARE`,
    [id],
  );
  return row?.removed ?? false;
}

/** Every integration, for workers that go through all of them. */
export async function integrationIds(tx: Tx): Promise<string[]> {
  return (await tx.rows<{ id: string }>(`SELECT id FROM access_flow.integrations ORDER BY id`)).map((row) => row.id);
}
