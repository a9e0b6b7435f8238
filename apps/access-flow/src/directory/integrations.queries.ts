import { type IntegrationState, MANAGER_ATTRIBUTES } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type IntegrationEntity } from './integration.entity.js';

/** How a received state differs from the stored one. */
export interface IntegrationChange {
  removedNow: boolean;
  /** It was disabled after the stored state, even if it is enabled again. */
  disabledSince: boolean;
}

/**
 * Stores the state of an integration if it is newer; a removal is final. Locks the row for update; transactions that create
 * requests lock it for share.
 */
export async function storeIntegration(tx: Tx, received: IntegrationState): Promise<IntegrationChange> {
  const { integrationId: id, removed, version } = received;
  await tx.run(
    `INSERT INTO access_flow.integrations (id, removed, version) VALUES ($1, false, 0) ON CONFLICT DO NOTHING`,
    [id],
  );
  const before = await tx.row<Pick<IntegrationEntity, 'disablements'>>(
    `SELECT disablements FROM access_flow.integrations WHERE id = $1 FOR UPDATE`,
    [id],
  );
  // An attribute that this release does not know is treated as none: a wrong manager must not decide.
  const managerAttribute = MANAGER_ATTRIBUTES.find((attribute) => attribute === received.managerAttribute) ?? null;
  // Events of the previous release have no `disabled` field: integrations could not be disabled.
  const after = await tx.row<Pick<IntegrationEntity, 'disablements'>>(
    `UPDATE access_flow.integrations SET removed = $2, version = $3, disabled = coalesce($4, false),
       disablements = greatest(disablements, coalesce($5, 0)), manager_attribute = $6
     WHERE id = $1 AND NOT removed AND ($2 OR version < $3) RETURNING disablements`,
    [id, removed, version, received.disabled, received.disablements, managerAttribute],
  );
  if (!before || !after) return { removedNow: false, disabledSince: false };
  return { removedNow: removed, disabledSince: after.disablements > before.disablements };
}

/**
 * Prevents that an integration is disabled or removed until the transaction ends.
 * @param strength UPDATE also excludes transactions that create requests
 * @returns whether it is disabled; undefined if it is unknown or removed
 */
export function lockIntegration(
  tx: Tx,
  id: string,
  strength: 'SHARE' | 'UPDATE' = 'SHARE',
): Promise<Pick<IntegrationEntity, 'disabled'> | undefined> {
  return tx.row(`SELECT disabled FROM access_flow.integrations WHERE id = $1 AND NOT removed FOR ${strength}`, [id]);
}

/**
 * Prevents that an integration is removed until the transaction ends.
 * @returns whether it is removed; false for an unknown one
 */
export async function lockIfRemoved(tx: Tx, id: string): Promise<boolean> {
  const row = await tx.row<Pick<IntegrationEntity, 'removed'>>(
    `SELECT removed FROM access_flow.integrations WHERE id = $1 FOR SHARE`,
    [id],
  );
  return row?.removed ?? false;
}

/** @returns the ids of those integrations that are neither removed nor disabled */
export async function activeIntegrations(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.rows<Pick<IntegrationEntity, 'id'>>(
    `SELECT id FROM access_flow.integrations WHERE id = ANY ($1::uuid[]) AND NOT removed AND NOT disabled`,
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** @returns the ids of all integrations, also removed ones */
export async function integrationIds(tx: Tx): Promise<string[]> {
  const rows = await tx.rows<Pick<IntegrationEntity, 'id'>>(`SELECT id FROM access_flow.integrations ORDER BY id`);
  return rows.map(({ id }) => id);
}
