import { columnsOf, type Tx } from '@tidegate/database';
import { type Identity } from '../callers/caller.js';
import { IdentityLinkEntity } from './identity-link.entity.js';

/** @returns the integrations of the login provider with this issuer, or undefined when none has it */
export async function boundIntegrations(tx: Tx, issuer: string): Promise<string[] | undefined> {
  const row = await tx.row<{ ids: string[] }>(
    `SELECT array(SELECT integration_id FROM gateway.login_provider_integrations WHERE provider_id = p.id) AS ids
     FROM gateway.login_providers p WHERE issuer = $1`,
    [issuer],
  );
  return row?.ids;
}

/** @returns the links of an identity in these integrations */
export function linksOf(
  tx: Tx,
  integrationIds: readonly string[],
  { issuer, subject }: Identity,
): Promise<IdentityLinkEntity[]> {
  return tx.rows(
    `SELECT ${columnsOf(IdentityLinkEntity)} FROM gateway.identity_links
     WHERE integration_id = ANY ($1::uuid[]) AND issuer = $2 AND subject = $3`,
    [integrationIds, issuer, subject],
  );
}

/** @returns the issuer of the login provider of an integration; undefined without one */
export async function issuerOf(tx: Tx, integrationId: string): Promise<string | undefined> {
  const row = await tx.row<{ issuer: string }>(
    `SELECT p.issuer FROM gateway.login_provider_integrations i JOIN gateway.login_providers p ON p.id = i.provider_id
     WHERE i.integration_id = $1`,
    [integrationId],
  );
  return row?.issuer;
}
