import { type Tx } from '@tidegate/database';
import { type Link } from './people.rule.js';

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
    `SELECT integration_id AS "integrationId", user_id AS "userId", active, version::float8 AS version
     FROM gateway.identity_links
     WHERE integration_id = ANY ($1::uuid[]) AND issuer = $2 AND subject = $3`,
    [integrationIds, issuer, subject],
  );
}

/** @returns the issuer that says who the users of an integration are; undefined when there is none */
export async function issuerOf(tx: Tx, integrationId: string): Promise<string | undefined> {
  const row = await tx.row<{ issuer: string }>(
    `SELECT p.issuer FROM gateway.login_provider_integrations i JOIN gateway.login_providers p ON p.id = i.provider_id
     WHERE i.integration_id = $1`,
    [integrationId],
  );
  return row?.issuer;
}
