import { columnsOf, type Tx } from '@tidegate/database';
import { inForce, ORIGIN } from '../auth/api-key-makers.queries.js';
import { EFFECTIVE_ROLE } from '../auth/role-assignments.queries.js';
import { ACTIVE_SESSION } from '../auth/sessions.queries.js';
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

export function findProvider(tx: Tx, id: string): Promise<(LoginProvider & LoginProviderEntity) | undefined> {
  const columns = columnsOf(LoginProviderEntity, 'p');
  return tx.row(`SELECT ${columns}, ${INTEGRATION_IDS} FROM gateway.login_providers p WHERE p.id = $1`, [id]);
}
