import { type Actor } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { type Identity } from '../callers/caller.js';
import { type GivenRole } from './identity-rights.rule.js';
import { type UserVersion } from './links.queries.js';
import { type Usage } from '../limits/quota.rule.js';
import { RoleAssignmentEntity, ShownRoleAssignment } from './role-assignment.entity.js';

/** The identity of a role assignment, fixed at the assignment. */
export type RoleAssignee = Pick<
  RoleAssignmentEntity,
  'issuer' | 'subject' | 'integrationId' | 'userId' | 'userVersion'
>;

/** A role of an identity. */
export interface RoleAssignment extends ShownRoleAssignment {
  /** Whether it has not ended and its issuer is the login provider of `integrationId`. */
  effective: boolean;
}

/**
 * SQL, of a role `r`: an ended role is never effective again. A role is not effective while its integration has another login provider,
 * because deactivations there no longer apply to this identity.
 */
export const EFFECTIVE_ROLE = `r.ended_at IS NULL AND EXISTS (
  SELECT FROM gateway.login_providers p WHERE p.issuer = r.issuer AND (r.integration_id IS NULL OR EXISTS (
    SELECT FROM gateway.login_provider_integrations i
    WHERE i.provider_id = p.id AND i.integration_id = r.integration_id)))`;
const COLUMNS = `${columnsOf(ShownRoleAssignment, 'r')}, ${EFFECTIVE_ROLE} AS effective`;

type NewRow = RoleAssignee & Pick<RoleAssignmentEntity, 'id' | 'role' | 'integrationIds' | 'createdBy'>;

/**
 * Finds the same role that has not ended, and raises its user version, so that an earlier deactivation does not end it.
 * @returns its id; undefined when there is none
 */
export async function touchAssignment(tx: Tx, row: NewRow): Promise<string | undefined> {
  const { issuer, subject, integrationId, userId, role, integrationIds, userVersion } = row;
  const same = await tx.row<{ id: string }>(
    `UPDATE gateway.role_assignments SET user_version = greatest(user_version, $7)
     WHERE issuer = $1 AND subject = $2 AND integration_id IS NOT DISTINCT FROM $3 AND user_id IS NOT DISTINCT FROM $4
       AND role = $5 AND ended_at IS NULL AND (integration_ids @> $6 AND integration_ids <@ $6
         OR integration_ids IS NULL AND $6::uuid[] IS NULL)
     RETURNING id`,
    [issuer, subject, integrationId, userId, role, integrationIds, userVersion],
  );
  return same?.id;
}

/** Stores a role and deletes the same role if it has ended. */
export async function insertAssignment(tx: Tx, row: NewRow): Promise<void> {
  await tx.run(
    `DELETE FROM gateway.role_assignments WHERE issuer = $1 AND subject = $2 AND integration_id IS NOT DISTINCT FROM $3
       AND role = $4 AND integration_ids IS NOT DISTINCT FROM $5 AND ended_at IS NOT NULL`,
    [row.issuer, row.subject, row.integrationId, row.role, row.integrationIds],
  );
  await tx.insert(RoleAssignmentEntity, row);
}

/**
 * Counts the roles against each limit for a new one. Concurrent callers wait until this transaction ends.
 * @param integrationIds of the new role; null: all
 */
export async function countAssignments(tx: Tx, integrationIds: readonly string[] | null, maker: Actor): Promise<Usage> {
  await tx.run(`SELECT pg_advisory_xact_lock(hashtext('tidegate role assignments'))`);
  // Counted per creator, independent of network and user.
  const { network: _, ...identity } = maker;
  if (identity.kind === 'person') delete identity.userId;
  const row = await tx.row<Required<Usage>>(
    `SELECT count(*) AS total, count(*) FILTER (WHERE created_by @> $2::jsonb) AS "perCreator",
            count(*) FILTER (WHERE integration_ids IS NULL) AS "allIntegrations",
            (SELECT coalesce(max(fill.roles), 0) FROM (
               SELECT count(*) AS roles FROM gateway.role_assignments a CROSS JOIN unnest(a.integration_ids) AS named (id)
               WHERE named.id = ANY ($1::uuid[]) GROUP BY named.id) fill) AS "perIntegration"
     FROM gateway.role_assignments`,
    [integrationIds ?? [], JSON.stringify(identity)],
  );
  const { allIntegrations, ...usage } = row!;
  return integrationIds === null ? { ...usage, allIntegrations } : usage;
}

export function listAssignments(tx: Tx): Promise<RoleAssignment[]> {
  return tx.rows(`SELECT ${COLUMNS} FROM gateway.role_assignments r ORDER BY r.id`);
}

export function findAssignment(tx: Tx, id: string): Promise<RoleAssignment | undefined> {
  return tx.row(`SELECT ${COLUMNS} FROM gateway.role_assignments r WHERE r.id = $1`, [id]);
}

/** @returns the deleted role assignment */
export async function deleteAssignment(tx: Tx, id: string): Promise<RoleAssignment | undefined> {
  return tx.row(`DELETE FROM gateway.role_assignments r WHERE r.id = $1 RETURNING ${COLUMNS}`, [id]);
}

/** @returns the effective roles of an identity */
export async function rolesOf(tx: Tx, { issuer, subject }: Identity): Promise<(GivenRole & { id: string })[]> {
  const rows = await tx.rows<Pick<RoleAssignmentEntity, 'id' | 'role' | 'integrationIds'>>(
    `SELECT r.id, r.role, r.integration_ids AS "integrationIds" FROM gateway.role_assignments r
     WHERE r.issuer = $1 AND r.subject = $2 AND ${EFFECTIVE_ROLE}`,
    [issuer, subject],
  );
  return rows.map(({ id, role, integrationIds }) => ({ id, role, reach: integrationIds ?? 'all' }));
}

/** An identity with an effective role of an administrator. */
export interface Administrator extends Identity {
  /** Integrations of the role; null: all. */
  integrationIds: string[] | null;
  /** The linked, active user in the integration. */
  userId: string | null;
}

/** @returns up to `limit` administrators of an integration, first those with a user there, then those of few integrations */
export function administratorsOf(tx: Tx, integrationId: string, limit: number): Promise<Administrator[]> {
  return tx.rows(
    `SELECT issuer, subject, integration_ids AS "integrationIds", user_id AS "userId" FROM (
       SELECT DISTINCT ON (r.issuer, r.subject) r.issuer, r.subject, r.integration_ids, l.user_id
       FROM gateway.role_assignments r LEFT JOIN gateway.identity_links l
         ON l.integration_id = $1 AND l.issuer = r.issuer AND l.subject = r.subject AND l.active
       WHERE r.role = 'admin' AND (r.integration_ids IS NULL OR $1 = ANY (r.integration_ids)) AND ${EFFECTIVE_ROLE}
       ORDER BY r.issuer, r.subject, cardinality(r.integration_ids) NULLS LAST
     ) AS administrators
     ORDER BY user_id IS NULL, cardinality(integration_ids) NULLS LAST, issuer, subject LIMIT $2`,
    [integrationId, limit],
  );
}

/** @returns whether an effective role administers all integrations */
export async function hasAdminOfAll(tx: Tx): Promise<boolean> {
  const sql = `SELECT FROM gateway.role_assignments r
    WHERE r.role = 'admin' AND r.integration_ids IS NULL AND ${EFFECTIVE_ROLE} LIMIT 1`;
  return (await tx.rows(sql)).length > 0;
}

/**
 * Ends the roles of a deactivated user that this integration can end and that were assigned before: to the user, to the
 * identity linked to it, or, if that identity has no link, to the subject equal to its `externalId`. Does not use
 * `LastAdministrator`: a deactivation takes effect even for the last administrator.
 * @param user.version of the deactivation; roles assigned at this version or later stay
 * @returns the ids of the ended roles
 */
export async function endRoles(
  tx: Tx,
  { integrationId, userId, version }: UserVersion,
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
