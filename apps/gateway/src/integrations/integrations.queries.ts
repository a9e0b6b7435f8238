import { type Actor, type IntegrationStatus } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { ruleAttributes } from '@tidegate/scim';
import { type IntegrationSettings } from './settings.rule.js';
import { type StatusAndReason, type StatusCode, type StatusReason } from './lifecycle.rule.js';

export interface Integration extends IntegrationSettings {
  id: string;
  /** A type in the catalog. */
  type: string;
  status: IntegrationStatus;
  statusSince: Date;
  statusReason: StatusReason;
  /** Time of the first authenticated SCIM call. */
  connectedAt: Date | null;
  /** Time of the last authenticated SCIM call, to the minute. */
  lastSeenAt: Date | null;
  /** Number of times it was disabled. */
  disablements: number;
  /** Version at the last save of `groupsToSync`. */
  groupsToSyncVersion: number;
  /** The version under which the set of extension attributes with `usableInRules` changed last; 0: never. */
  profileAttributesVersion: number;
  version: number;
  createdAt: Date;
  /** Null for rows older than actors. */
  createdBy: Actor | null;
  /** Actor of the last change by an administrator. */
  updatedBy: Actor | null;
}
type Row = Omit<Integration, 'version' | 'statusReason'> & {
  version: string;
  statusCode: StatusCode;
  statusDetail: string;
};

export const INTEGRATION_COLUMNS = `i.id, i.type, i.name, i.domain, i.groups_to_sync AS "groupsToSync", i.dialect,
  i.extensions, i.disconnected_after_seconds AS "disconnectedAfterSeconds", i.status, i.status_since AS "statusSince",
  i.status_code AS "statusCode", i.status_detail AS "statusDetail", i.connected_at AS "connectedAt",
  i.last_seen_at AS "lastSeenAt", i.disablements,
  i.groups_to_sync_version::float8 AS "groupsToSyncVersion",
  i.profile_attributes_version::float8 AS "profileAttributesVersion", i.version, i.created_at AS "createdAt",
  i.created_by AS "createdBy", i.updated_by AS "updatedBy"`;

export const integrationOf = ({ statusCode: code, statusDetail: detail, ...row }: Row): Integration => ({
  ...row,
  version: Number(row.version),
  statusReason: { code, detail },
});

export async function insertIntegration(
  tx: Tx,
  id: string,
  type: string,
  settings: IntegrationSettings,
  nameKey: string,
  { status, reason }: StatusAndReason,
  actor: Actor,
): Promise<Integration> {
  await tx.run('INSERT INTO gateway.integration_ids (id) VALUES ($1)', [id]);
  const { name, domain, groupsToSync, dialect, extensions, disconnectedAfterSeconds } = settings;
  const [inserted] = await tx.rows<Row>(
    `INSERT INTO gateway.integrations AS i (id, type, name, name_key, domain, groups_to_sync, dialect, extensions,
       disconnected_after_seconds, status, status_code, status_detail, created_by, profile_attributes_version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING ${INTEGRATION_COLUMNS}`,
    [
      ...[id, type, name, nameKey, domain, groupsToSync, dialect, JSON.stringify(extensions), disconnectedAfterSeconds],
      ...[status, reason.code, reason.detail, actor, ruleAttributes(extensions).length > 0 ? 1 : 0],
    ],
  );
  return integrationOf(inserted!);
}

/** @returns the ids of existing integrations: all, or those among `named` */
export async function integrationIds(tx: Tx, named?: readonly string[]): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    'SELECT id FROM gateway.integration_ids WHERE $1::uuid[] IS NULL OR id = ANY ($1::uuid[])',
    [named ?? null],
  );
  return rows.map((row) => row.id);
}

/** @param after id of the last integration of the previous page */
export async function listIntegrations(
  tx: Tx,
  ids: readonly string[],
  after: string | undefined,
  limit: number,
): Promise<Integration[]> {
  const rows = await tx.rows<Row>(
    `SELECT ${INTEGRATION_COLUMNS} FROM gateway.integrations i
     WHERE i.id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR i.id > $2) ORDER BY i.id LIMIT $3`,
    [ids, after ?? null, limit],
  );
  return rows.map(integrationOf);
}

export async function findIntegration(tx: Tx, id: string, lock = false): Promise<Integration | undefined> {
  const row = await tx.row<Row>(
    `SELECT ${INTEGRATION_COLUMNS} FROM gateway.integrations i WHERE i.id = $1${lock ? ' FOR UPDATE' : ''}`,
    [id],
  );
  return row && integrationOf(row);
}

/** Saves the settings and the version of an integration. */
export async function updateSettings(tx: Tx, changed: Integration, nameKey: string): Promise<void> {
  await tx.run(
    `UPDATE gateway.integrations SET name = $2, name_key = $3, domain = $4, groups_to_sync = $5, dialect = $6,
       extensions = $7, disconnected_after_seconds = $8, version = $9, groups_to_sync_version = $10,
       updated_by = $11, profile_attributes_version = $12 WHERE id = $1`,
    [
      ...[changed.id, changed.name, nameKey, changed.domain, changed.groupsToSync, changed.dialect],
      ...[JSON.stringify(changed.extensions), changed.disconnectedAfterSeconds, changed.version],
      ...[changed.groupsToSyncVersion, changed.updatedBy, changed.profileAttributesVersion],
    ],
  );
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
): Promise<Integration> {
  const [changed] = await tx.rows<Row>(
    `UPDATE gateway.integrations AS i SET status_since = CASE WHEN i.status = $2 THEN i.status_since ELSE now() END,
       status = $2, status_code = $3, status_detail = $4, disablements = i.disablements + $5::int, version = i.version + 1,
       updated_by = coalesce($6, i.updated_by)
     WHERE i.id = $1 RETURNING ${INTEGRATION_COLUMNS}`,
    [id, status, reason.code, reason.detail, change?.disables ? 1 : 0, change?.actor ?? null],
  );
  return integrationOf(changed!);
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
  await tx.run('DELETE FROM gateway.integrations WHERE id = $1', [id]);
  await tx.run('DELETE FROM gateway.integration_ids WHERE id = $1', [id]);
}
