import { type Tx } from '@tidegate/database';
import { type Taken } from './places.rule.js';
import { type Role } from './roles.js';

/** A role, given to an identity or to whoever is a user of the directory. */
export interface RoleAssignment {
  id: string;
  issuer: string | null;
  subject: string | null;
  integrationId: string | null;
  userId: string | null;
  role: Role;
  /** Null: all there are and will be. */
  integrationIds: string[] | null;
  createdAt: Date;
}

const COLUMNS = `id, issuer, subject, integration_id AS "integrationId", user_id AS "userId", role,
  integration_ids AS "integrationIds", created_at AS "createdAt"`;

export async function insertAssignment(tx: Tx, row: Omit<RoleAssignment, 'createdAt'>): Promise<RoleAssignment> {
  const [inserted] = await tx.rows<RoleAssignment>(
    `INSERT INTO gateway.role_assignments (id, issuer, subject, integration_id, user_id, role, integration_ids)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
    [row.id, row.issuer, row.subject, row.integrationId, row.userId, row.role, row.integrationIds],
  );
  return inserted!;
}

/**
 * Counts what takes the places of a role for these integrations; null: for all. Locks out others who count until the
 * transaction is over.
 */
export async function countAssignments(tx: Tx, integrationIds: readonly string[] | null): Promise<Taken> {
  await tx.run(`SELECT pg_advisory_xact_lock(hashtext('tidegate role assignments'))`);
  const row = await tx.row<{ total: number; everywhere: number; ofIntegration: number }>(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE integration_ids IS NULL)::int AS everywhere,
            (SELECT coalesce(max(fill.roles), 0)::int FROM (
               SELECT count(*) AS roles FROM gateway.role_assignments a CROSS JOIN unnest(a.integration_ids) AS named (id)
               WHERE named.id = ANY ($1::uuid[]) GROUP BY named.id) fill) AS "ofIntegration"
     FROM gateway.role_assignments`,
    [integrationIds ?? []],
  );
  const { everywhere, ...taken } = { ...row!, ofMaker: 0 };
  return integrationIds === null ? { ...taken, everywhere } : taken;
}

export function listAssignments(tx: Tx): Promise<RoleAssignment[]> {
  return tx.rows(`SELECT ${COLUMNS} FROM gateway.role_assignments ORDER BY id`);
}

/** Takes a role away. @returns what it was */
export async function deleteAssignment(tx: Tx, id: string): Promise<RoleAssignment | undefined> {
  return tx.row(`DELETE FROM gateway.role_assignments WHERE id = $1 RETURNING ${COLUMNS}`, [id]);
}
