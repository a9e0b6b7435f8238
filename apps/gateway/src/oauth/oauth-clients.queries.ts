import { columnsOf, type Tx } from '@tidegate/database';
import { oktaRedirectUris } from '../config/redirect-uris.rule.js';
import { ClientSecretEntity } from './client-secret.entity.js';
import { OAuthClientEntity } from './oauth-client.entity.js';

export type GrantType = OAuthClientEntity['grantType'];

/** A client secret without its hash; the value is not stored. */
export type ClientSecret = Pick<ClientSecretEntity, 'id' | 'hint' | 'createdAt' | 'createdBy'>;

/** @returns all redirect URIs of a client */
export function redirectUrisOf({
  appName,
  redirectUris,
}: Pick<OAuthClientEntity, 'appName' | 'redirectUris'>): string[] {
  return [...(appName === null ? [] : oktaRedirectUris(appName)), ...redirectUris];
}

/** @returns the inserted client; undefined when the integration has one */
export function insertClient(
  tx: Tx,
  client: Omit<OAuthClientEntity, 'createdAt' | 'lastUsedAt' | 'updatedBy'>,
): Promise<OAuthClientEntity | undefined> {
  const { integrationId, clientId, grantType, appName, redirectUris, createdBy } = client;
  return tx.row(
    `INSERT INTO gateway.oauth_clients (integration_id, client_id, grant_type, app_name, redirect_uris, created_by)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING ${columnsOf(OAuthClientEntity)}`,
    [integrationId, clientId, grantType, appName, redirectUris, createdBy],
  );
}

/** @returns the client with this id, unless its integration is disabled */
export function findEnabledClient(
  tx: Tx,
  integrationId: string,
  clientId: string,
): Promise<OAuthClientEntity | undefined> {
  return tx.row(
    `SELECT ${columnsOf(OAuthClientEntity)} FROM gateway.oauth_clients WHERE integration_id = $1 AND client_id = $2
       AND EXISTS (SELECT FROM gateway.integrations i WHERE i.id = $1 AND i.status <> 'disabled')`,
    [integrationId, clientId],
  );
}

export async function listSecrets(tx: Tx, integrationId: string): Promise<ClientSecret[]> {
  const secrets = await tx.find(ClientSecretEntity, { where: { integrationId }, order: { id: 'ASC' } });
  return secrets.map(withoutHash);
}

export const withoutHash = ({ id, hint, createdAt, createdBy }: ClientSecretEntity): ClientSecret => ({
  id,
  hint,
  createdAt,
  createdBy,
});
