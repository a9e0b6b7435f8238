import { columnsOf, type Tx } from '@tidegate/database';
import { LoginProviderEntity, ShownLoginProvider } from './login-provider.entity.js';

/** A login provider without its client secret. */
export interface LoginProvider extends ShownLoginProvider {
  /** The integrations whose users log in with it. */
  integrationIds: string[];
}

const INTEGRATION_IDS = `array(
  SELECT integration_id FROM gateway.login_provider_integrations WHERE provider_id = p.id ORDER BY 1) AS "integrationIds"`;

/**
 * Sets the integrations of a provider. Deletes the links there to identities of other issuers.
 * @param tx has access to these integrations
 */
export async function bindIntegrations(tx: Tx, id: string, integrationIds: readonly string[]): Promise<void> {
  await tx.run('DELETE FROM gateway.login_provider_integrations WHERE provider_id = $1', [id]);
  await tx.run(
    `INSERT INTO gateway.login_provider_integrations (provider_id, integration_id)
     SELECT $1::uuid, unnest($2::uuid[])`,
    [id, integrationIds],
  );
  await tx.run(
    `DELETE FROM gateway.identity_links WHERE integration_id = ANY ($2::uuid[])
       AND issuer <> (SELECT issuer FROM gateway.login_providers WHERE id = $1)`,
    [id, integrationIds],
  );
}

export function listProviders(tx: Tx): Promise<LoginProvider[]> {
  const columns = columnsOf(ShownLoginProvider, 'p');
  return tx.rows(`SELECT ${columns}, ${INTEGRATION_IDS} FROM gateway.login_providers p ORDER BY p.id`);
}

export function findProvider(tx: Tx, id: string): Promise<(LoginProvider & LoginProviderEntity) | undefined> {
  const columns = columnsOf(LoginProviderEntity, 'p');
  return tx.row(`SELECT ${columns}, ${INTEGRATION_IDS} FROM gateway.login_providers p WHERE p.id = $1`, [id]);
}
