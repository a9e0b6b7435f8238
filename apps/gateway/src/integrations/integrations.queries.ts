import { type Actor } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { ruleAttributes } from '@tidegate/scim';
import { IntegrationIdEntity } from './integration-id.entity.js';
import { IntegrationEntity } from './integration.entity.js';
import { type StatusAndReason } from './lifecycle.rule.js';
import { type IntegrationSettings } from './settings.rule.js';

const COLUMNS = columnsOf(IntegrationEntity, 'i');

export async function insertIntegration(
  tx: Tx,
  integration: IntegrationSettings & Pick<IntegrationEntity, 'id' | 'type' | 'nameKey' | 'createdBy'>,
  { status, reason }: StatusAndReason,
): Promise<IntegrationEntity> {
  await tx.insert(IntegrationIdEntity, { id: integration.id });
  return tx.insert(IntegrationEntity, {
    ...integration,
    status,
    statusCode: reason.code,
    statusDetail: reason.detail,
    profileAttributesVersion: ruleAttributes(integration.extensions).length > 0 ? 1 : 0,
  });
}

/** @returns the ids of existing integrations: all, or those among `named` */
export async function integrationIds(tx: Tx, named?: readonly string[]): Promise<string[]> {
  const rows = await tx.rows<IntegrationIdEntity>(
    'SELECT id FROM gateway.integration_ids WHERE $1::uuid[] IS NULL OR id = ANY ($1::uuid[])',
    [named ?? null],
  );
  return rows.map((row) => row.id);
}

/** @param after id of the last integration of the previous page */
export function listIntegrations(
  tx: Tx,
  ids: readonly string[],
  after: string | undefined,
  limit: number,
): Promise<IntegrationEntity[]> {
  return tx.rows(
    `SELECT ${COLUMNS} FROM gateway.integrations i
     WHERE i.id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR i.id > $2) ORDER BY i.id LIMIT $3`,
    [ids, after ?? null, limit],
  );
}

/** @returns the names of the existing integrations among `ids`, by id */
export async function integrationNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<Pick<IntegrationEntity, 'id' | 'name'>>(
    'SELECT id, name FROM gateway.integrations WHERE id = ANY ($1::uuid[])',
    [ids],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** @returns the names of integrations among `ids` that have the domain, without the integration `except` */
export async function namesWithDomain(
  tx: Tx,
  ids: readonly string[],
  { domain, except }: { domain: string; except: string },
): Promise<string[]> {
  const rows = await tx.rows<{ name: string }>(
    `SELECT name FROM gateway.integrations WHERE id = ANY ($1::uuid[]) AND domain = $2 AND id <> $3 ORDER BY id`,
    [ids, domain, except],
  );
  return rows.map(({ name }) => name);
}

export function findIntegration(tx: Tx, id: string, lock = false): Promise<IntegrationEntity | undefined> {
  return tx.findOne(IntegrationEntity, { where: { id }, ...(lock ? { lock: 'forUpdate' } : {}) });
}

/**
 * Saves a status and increments the version. `status_since` changes only with the status, not with its reason.
 * @param change given for changes by an administrator: the actor, and whether it disables the integration
 */
export async function updateStatus(
  tx: Tx,
  id: string,
  { status, reason }: StatusAndReason,
  change?: { actor: Actor; disables: boolean },
): Promise<IntegrationEntity> {
  const [changed] = await tx.rows<IntegrationEntity>(
    `UPDATE gateway.integrations AS i SET status_since = CASE WHEN i.status = $2 THEN i.status_since ELSE now() END,
       status = $2, status_code = $3, status_detail = $4, disablements = i.disablements + $5::int, version = i.version + 1,
       updated_by = coalesce($6, i.updated_by)
     WHERE i.id = $1 RETURNING ${COLUMNS}`,
    [id, status, reason.code, reason.detail, change?.disables ? 1 : 0, change?.actor ?? null],
  );
  return changed!;
}

/** Records the time of an authenticated call. */
export async function markSeen(tx: Tx, id: string): Promise<void> {
  await tx.run(
    'UPDATE gateway.integrations SET last_seen_at = now(), connected_at = coalesce(connected_at, now()) WHERE id = $1',
    [id],
  );
}

/** Deletes an integration; tokens, counts and create attempts cascade. */
export async function deleteIntegration(tx: Tx, id: string): Promise<void> {
  await tx.delete(IntegrationEntity, { id });
  await tx.delete(IntegrationIdEntity, { id });
}
