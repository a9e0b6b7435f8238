import { enterIntegration, type Tx } from '@tidegate/database';
import { inForce, ORIGIN } from '../auth/api-key-makers.queries.js';
import { EFFECTIVE_ROLE } from '../auth/role-assignments.queries.js';
import { ACTIVE_SESSION } from '../auth/sessions.queries.js';
import { type IssuerKey, type IssuerRole } from './stopped-keys.rule.js';

/** What a deletion of a provider ends. */
export interface ProviderEndings {
  sessions: number;
  roles: number;
  apiKeys: number;
}

/** Counts the sessions, roles and API keys in force of the people of an issuer. */
export async function countEndings(tx: Tx, issuer: string): Promise<ProviderEndings> {
  const row = await tx.row<ProviderEndings>(
    `SELECT (SELECT count(*) FROM gateway.sessions WHERE issuer = $1 AND ${ACTIVE_SESSION})::int AS sessions,
            (SELECT count(*) FROM gateway.role_assignments r WHERE r.issuer = $1 AND ${EFFECTIVE_ROLE})::int AS roles,
            (SELECT count(*) FROM gateway.api_keys k CROSS JOIN ${ORIGIN}
             WHERE ${inForce('k')} AND origin.issuer = $1)::int AS "apiKeys"`,
    [issuer],
  );
  return row!;
}

/** @returns the effective roles of the people of an issuer */
export function rolesOfIssuer(tx: Tx, issuer: string): Promise<IssuerRole[]> {
  return tx.rows(
    `SELECT r.id, r.subject, r.role, r.integration_ids AS "integrationIds" FROM gateway.role_assignments r
     WHERE r.issuer = $1 AND ${EFFECTIVE_ROLE}`,
    [issuer],
  );
}

/** @returns the API keys in force of the people of an issuer */
export function keysOfIssuer(tx: Tx, issuer: string): Promise<IssuerKey[]> {
  return tx.rows(
    `SELECT origin.subject, k.scopes, k.integration_ids AS "integrationIds" FROM gateway.api_keys k CROSS JOIN ${ORIGIN}
     WHERE ${inForce('k')} AND origin.issuer = $1`,
    [issuer],
  );
}

/**
 * @param tx has access only to these integrations afterwards
 * @returns the number of active users of the integrations who have logged in with the issuer
 */
export async function countUsersIn(tx: Tx, issuer: string, integrationIds: readonly string[]): Promise<number> {
  if (integrationIds.length === 0) return 0;
  await enterIntegration(tx, ...integrationIds);
  const row = await tx.row<{ users: number }>(
    `SELECT count(*)::int AS users FROM gateway.identity_links
     WHERE integration_id = ANY ($2::uuid[]) AND issuer = $1 AND active`,
    [issuer, integrationIds],
  );
  return row!.users;
}
