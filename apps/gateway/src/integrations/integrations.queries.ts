import { type Tx } from '@tidegate/database';

export type IntegrationStatus = 'initializing' | 'active';

export interface Integration {
  id: string;
  type: 'okta-scim';
  name: string;
  domain: string;
  groupsToSync: string[];
  status: IntegrationStatus;
  version: number;
  createdAt: Date;
}
type Row = Omit<Integration, 'version'> & { version: string };

const COLUMNS = `id, type, name, domain, groups_to_sync AS "groupsToSync", status, version, created_at AS "createdAt"`;

const integration = (row: Row): Integration => ({ ...row, version: Number(row.version) });

export async function insertIntegration(
  tx: Tx,
  row: Pick<Integration, 'id' | 'type' | 'name' | 'domain' | 'groupsToSync'> & { nameKey: string },
): Promise<Integration> {
  await tx.run('INSERT INTO gateway.integration_ids (id) VALUES ($1)', [row.id]);
  const [inserted] = await tx.rows<Row>(
    `INSERT INTO gateway.integrations (id, type, name, name_key, domain, groups_to_sync)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
    [row.id, row.type, row.name, row.nameKey, row.domain, row.groupsToSync],
  );
  return integration(inserted!);
}

/** @returns the ids of those integrations that there are: of all, or of those named */
export async function integrationIds(tx: Tx, named: readonly string[] | undefined): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    'SELECT id FROM gateway.integration_ids WHERE $1::uuid[] IS NULL OR id = ANY ($1::uuid[])',
    [named ?? null],
  );
  return rows.map((row) => row.id);
}

/** @param after id of the last one of the page before */
export async function listIntegrations(
  tx: Tx,
  ids: readonly string[],
  after: string | undefined,
  limit: number,
): Promise<Integration[]> {
  const rows = await tx.rows<Row>(
    `SELECT ${COLUMNS} FROM gateway.integrations
     WHERE id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [ids, after ?? null, limit],
  );
  return rows.map(integration);
}

export async function findIntegration(tx: Tx, id: string, lock = false): Promise<Integration | undefined> {
  const row = await tx.row<Row>(
    `SELECT ${COLUMNS} FROM gateway.integrations WHERE id = $1${lock ? ' FOR UPDATE' : ''}`,
    [id],
  );
  return row && integration(row);
}

/** Writes what may change, under the next version. */
export async function updateIntegration(tx: Tx, changed: Integration, nameKey: string): Promise<void> {
  await tx.run(
    `UPDATE gateway.integrations
     SET name = $2, name_key = $3, domain = $4, groups_to_sync = $5, version = $6 WHERE id = $1`,
    [changed.id, changed.name, nameKey, changed.domain, changed.groupsToSync, changed.version],
  );
}

/** @returns the integration, if this was its first call */
export async function markActive(tx: Tx, id: string): Promise<Integration | undefined> {
  const row = await tx.row<Row>(
    `UPDATE gateway.integrations SET status = 'active', version = version + 1
     WHERE id = $1 AND status = 'initializing' RETURNING ${COLUMNS}`,
    [id],
  );
  return row && integration(row);
}

/** Takes its tokens and remembered creates along. */
export async function deleteIntegration(tx: Tx, id: string): Promise<void> {
  await tx.run('DELETE FROM gateway.integrations WHERE id = $1', [id]);
  await tx.run('DELETE FROM gateway.integration_ids WHERE id = $1', [id]);
}
