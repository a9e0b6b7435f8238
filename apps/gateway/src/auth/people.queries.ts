import { type Tx } from '@tidegate/database';
import { type GivenRole, type Link } from './people.rule.js';
import { type Role } from './roles.js';

/** Who somebody is to the one who vouches for it (OpenID Connect Core §2: only both together are lasting and unique). */
export interface Identity {
  issuer: string;
  subject: string;
}

/** @returns the integrations that an issuer signs in for, or undefined when there is no provider of that issuer */
export async function boundIntegrations(tx: Tx, issuer: string): Promise<string[] | undefined> {
  const row = await tx.row<{ ids: string[] }>(
    `SELECT array(SELECT integration_id FROM gateway.login_provider_integrations WHERE provider_id = p.id) AS ids
     FROM gateway.login_providers p WHERE issuer = $1`,
    [issuer],
  );
  return row?.ids;
}

/** @param tx sees the integrations that the issuer signs in for, and no other */
export function linksOf(tx: Tx, integrationIds: readonly string[], { issuer, subject }: Identity): Promise<Link[]> {
  return tx.rows(
    `SELECT integration_id AS "integrationId", user_id AS "userId", active FROM gateway.identity_links
     WHERE integration_id = ANY ($1::uuid[]) AND issuer = $2 AND subject = $3`,
    [integrationIds, issuer, subject],
  );
}

/** The roles given to an identity, and to the users that it is. */
export async function rolesGiven(tx: Tx, { issuer, subject }: Identity, links: readonly Link[]): Promise<GivenRole[]> {
  const rows = await tx.rows<{ role: Role; ids: string[] | null }>(
    `SELECT role, integration_ids AS ids FROM gateway.role_assignments
     WHERE (issuer = $1 AND subject = $2)
        OR (integration_id, user_id) IN (SELECT * FROM unnest($3::uuid[], $4::uuid[]))`,
    [issuer, subject, links.map((link) => link.integrationId), links.map((link) => link.userId)],
  );
  return rows.map(({ role, ids }) => ({ role, reach: ids ?? 'all' }));
}
