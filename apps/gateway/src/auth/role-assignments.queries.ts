import { type Actor } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type Identity } from './caller.js';
import { type GivenRole } from './people.rule.js';
import { type Taken } from './places.rule.js';
import { type Role } from './roles.js';

/** Whose role it is, as pinned when the role was given. */
export interface RoleHolder extends Identity {
  /** The integration whose directory speaks for the person; null when none does. */
  integrationId: string | null;
  /** The directory user to whom the role was given; null when it was given to the identity. */
  userId: string | null;
  /** The version of the person's user in that integration when the role was given; 0 when there was none. */
  userVersion: number;
}

/** A role of an identity. */
export interface RoleAssignment extends Omit<RoleHolder, 'userVersion'> {
  id: string;
  role: Role;
  /** Null: all there are and will be. */
  integrationIds: string[] | null;
  createdAt: Date;
  /** When the directory reported that the person left; null while it has not. */
  endedAt: Date | null;
  /** Whether it counts now: it has not ended, and its issuer signs in for the integration that speaks for the person. */
  effective: boolean;
  /** Null where it was given before actors were kept. */
  createdBy: Actor | null;
}

/**
 * An ended role does not come back. Nor does one count whose integration is bound to another provider: what happens there
 * is no longer known of this identity.
 */
const EFFECTIVE = `r.ended_at IS NULL AND EXISTS (
  SELECT FROM gateway.login_providers p WHERE p.issuer = r.issuer AND (r.integration_id IS NULL OR EXISTS (
    SELECT FROM gateway.login_provider_integrations i
    WHERE i.provider_id = p.id AND i.integration_id = r.integration_id)))`;
const COLUMNS = `r.id, r.issuer, r.subject, r.integration_id AS "integrationId", r.user_id AS "userId", r.role,
  r.integration_ids AS "integrationIds", r.created_at AS "createdAt", r.ended_at AS "endedAt",
  r.created_by AS "createdBy",
  ${EFFECTIVE} AS effective`;

type NewRow = RoleHolder & Pick<RoleAssignment, 'id' | 'role' | 'integrationIds'> & { createdBy: Actor };

/**
 * Finds the same role, unless it has ended. A departure from before it was given again does not end it.
 * @returns its id; undefined when there is none
 */
export async function giveAgain(tx: Tx, row: NewRow): Promise<string | undefined> {
  const { issuer, subject, integrationId, userId, role, integrationIds, userVersion } = row;
  const found = await tx.row<{ id: string }>(
    `UPDATE gateway.role_assignments SET user_version = greatest(user_version, $7)
     WHERE issuer = $1 AND subject = $2 AND integration_id IS NOT DISTINCT FROM $3 AND user_id IS NOT DISTINCT FROM $4
       AND role = $5 AND ended_at IS NULL AND (integration_ids @> $6 AND integration_ids <@ $6
         OR integration_ids IS NULL AND $6::uuid[] IS NULL)
     RETURNING id`,
    [issuer, subject, integrationId, userId, role, integrationIds, userVersion],
  );
  return found?.id;
}

/** Stores a role, in place of the same one that has ended. */
export async function insertAssignment(tx: Tx, row: NewRow): Promise<void> {
  const same = [row.issuer, row.subject, row.integrationId, row.role, row.integrationIds];
  await tx.run(
    `DELETE FROM gateway.role_assignments WHERE issuer = $1 AND subject = $2 AND integration_id IS NOT DISTINCT FROM $3
       AND role = $4 AND integration_ids IS NOT DISTINCT FROM $5 AND ended_at IS NOT NULL`,
    same,
  );
  await tx.run(
    `INSERT INTO gateway.role_assignments (issuer, subject, integration_id, role, integration_ids, id, user_id, user_version,
       created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [...same, row.id, row.userId, row.userVersion, row.createdBy],
  );
}

/**
 * Counts what takes the places of a role for these integrations; null: for all. Locks out others who count until the
 * transaction is over.
 */
export async function countAssignments(tx: Tx, integrationIds: readonly string[] | null, maker: Actor): Promise<Taken> {
  await tx.run(`SELECT pg_advisory_xact_lock(hashtext('tidegate role assignments'))`);
  // From wherever the maker calls, and whichever user it is there.
  const { network: _, ...identity } = maker;
  if (identity.kind === 'person') delete identity.userId;
  const row = await tx.row<Required<Taken>>(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE created_by @> $2::jsonb)::int AS "ofMaker", count(*) FILTER (WHERE integration_ids IS NULL)::int AS everywhere,
            (SELECT coalesce(max(fill.roles), 0)::int FROM (
               SELECT count(*) AS roles FROM gateway.role_assignments a CROSS JOIN unnest(a.integration_ids) AS named (id)
               WHERE named.id = ANY ($1::uuid[]) GROUP BY named.id) fill) AS "ofIntegration"
     FROM gateway.role_assignments`,
    [integrationIds ?? [], JSON.stringify(identity)],
  );
  const { everywhere, ...taken } = row!;
  return integrationIds === null ? { ...taken, everywhere } : taken;
}

export function listAssignments(tx: Tx): Promise<RoleAssignment[]> {
  return tx.rows(`SELECT ${COLUMNS} FROM gateway.role_assignments r ORDER BY r.id`);
}

export function findAssignment(tx: Tx, id: string): Promise<RoleAssignment | undefined> {
  return tx.row(`SELECT ${COLUMNS} FROM gateway.role_assignments r WHERE r.id = $1`, [id]);
}

/** Takes a role away. @returns what it was */
export async function deleteAssignment(tx: Tx, id: string): Promise<RoleAssignment | undefined> {
  return tx.row(`DELETE FROM gateway.role_assignments r WHERE r.id = $1 RETURNING ${COLUMNS}`, [id]);
}

/** @returns the roles of an identity that count now */
export async function rolesOf(tx: Tx, { issuer, subject }: Identity): Promise<(GivenRole & { id: string })[]> {
  const rows = await tx.rows<{ id: string; role: Role; ids: string[] | null }>(
    `SELECT r.id, r.role, r.integration_ids AS ids FROM gateway.role_assignments r
     WHERE r.issuer = $1 AND r.subject = $2 AND ${EFFECTIVE}`,
    [issuer, subject],
  );
  return rows.map(({ id, role, ids }) => ({ id, role, reach: ids ?? 'all' }));
}

/** @returns whether there is a role that lets somebody administer everything now */
export async function hasAdminOfAll(tx: Tx): Promise<boolean> {
  const sql = `SELECT FROM gateway.role_assignments r
    WHERE r.role = 'admin' AND r.integration_ids IS NULL AND ${EFFECTIVE} LIMIT 1`;
  return (await tx.rows(sql)).length > 0;
}

/**
 * Ends the roles of a user who left, of those that this integration speaks for and that were given before: to that user,
 * to the identity that is linked to it, or, where that identity is linked to no user, to the subject that is its
 * `externalId`. Does not ask `AdminsLeft`: a departure wins, even when nobody can administer afterwards.
 * @param user.version of the departure; a role that was given at this version or later stays
 * @returns the ids of the roles that ended
 */
export async function endRoles(
  tx: Tx,
  { integrationId, userId, version }: { integrationId: string; userId: string; version: number },
  externalId: string | null = null,
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(
    `UPDATE gateway.role_assignments r SET ended_at = now()
     WHERE r.integration_id = $1 AND r.ended_at IS NULL AND r.user_version < $3 AND (r.user_id = $2 OR coalesce(
       (SELECT l.user_id = $2 FROM gateway.identity_links l
        WHERE l.integration_id = $1 AND l.issuer = r.issuer AND l.subject = r.subject), r.subject = $4))
     RETURNING r.id`,
    [integrationId, userId, version, externalId],
  );
  return rows.map(({ id }) => id);
}
