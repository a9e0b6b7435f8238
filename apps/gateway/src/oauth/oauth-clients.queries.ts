import { type Actor } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { oktaRedirectUris } from '../config/redirect-uris.rule.js';

/** Okta uses the authorization code with the consent of an administrator, Entra ID client credentials. */
export type GrantType = 'authorization_code' | 'client_credentials';

export interface OAuthClient {
  clientId: string;
  grantType: GrantType;
  /** The Okta name of the app; determines its redirect URIs. */
  appName: string | null;
  /** Additional redirect URIs. */
  redirectUris: string[];
  createdAt: Date;
  lastUsedAt: Date | null;
  /** Null for clients and secrets from before actors were stored. */
  createdBy: Actor | null;
  /** The actor of the last change. */
  updatedBy: Actor | null;
}

/** A client secret without its value, which is not stored. */
export interface ClientSecret {
  id: string;
  /** The last characters of the secret. */
  hint: string;
  createdAt: Date;
  /** Null for clients and secrets from before actors were stored. */
  createdBy: Actor | null;
}

const SECRET_COLUMNS = `id, hint, created_at AS "createdAt", created_by AS "createdBy"`;
const COLUMNS = `client_id AS "clientId", grant_type AS "grantType", app_name AS "appName",
  redirect_uris AS "redirectUris", created_at AS "createdAt", last_used_at AS "lastUsedAt",
  created_by AS "createdBy", updated_by AS "updatedBy"`;

/** @returns all redirect URIs of a client */
export function redirectUrisOf({ appName, redirectUris }: Pick<OAuthClient, 'appName' | 'redirectUris'>): string[] {
  return [...(appName === null ? [] : oktaRedirectUris(appName)), ...redirectUris];
}

/** @returns the inserted client; undefined when the integration has one */
export function insertClient(
  tx: Tx,
  integrationId: string,
  {
    clientId,
    grantType,
    appName,
    redirectUris,
    createdBy,
  }: Omit<OAuthClient, 'createdAt' | 'lastUsedAt' | 'updatedBy'>,
): Promise<OAuthClient | undefined> {
  return tx.row(
    `INSERT INTO gateway.oauth_clients (integration_id, client_id, grant_type, app_name, redirect_uris, created_by)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [integrationId, clientId, grantType, appName, redirectUris, createdBy],
  );
}

export function findClient(tx: Tx, integrationId: string, lock = false): Promise<OAuthClient | undefined> {
  return tx.row(`SELECT ${COLUMNS} FROM gateway.oauth_clients WHERE integration_id = $1${lock ? ' FOR UPDATE' : ''}`, [
    integrationId,
  ]);
}

/** @returns the client with this id, unless its integration is disabled */
export function findEnabledClient(tx: Tx, integrationId: string, clientId: string): Promise<OAuthClient | undefined> {
  return tx.row(
    `SELECT ${COLUMNS} FROM gateway.oauth_clients WHERE integration_id = $1 AND client_id = $2
       AND EXISTS (SELECT FROM gateway.integrations i WHERE i.id = $1 AND i.status <> 'disabled')`,
    [integrationId, clientId],
  );
}

/** Updates the redirect URIs of a client. */
export async function updateClient(
  tx: Tx,
  integrationId: string,
  { appName, redirectUris, updatedBy }: Pick<OAuthClient, 'appName' | 'redirectUris' | 'updatedBy'>,
): Promise<void> {
  await tx.run(
    'UPDATE gateway.oauth_clients SET app_name = $2, redirect_uris = $3, updated_by = $4 WHERE integration_id = $1',
    [integrationId, appName, redirectUris, updatedBy],
  );
}

/** Deletes a client with its secrets and grants. @returns whether it existed */
export async function deleteClient(tx: Tx, integrationId: string): Promise<boolean> {
  return (await tx.run('DELETE FROM gateway.oauth_clients WHERE integration_id = $1', [integrationId])) > 0;
}

export async function insertSecret(
  tx: Tx,
  secret: { id: string; integrationId: string; hash: Buffer; hint: string; createdBy: Actor },
): Promise<ClientSecret> {
  const [inserted] = await tx.rows<ClientSecret>(
    `INSERT INTO gateway.oauth_client_secrets (id, integration_id, hash, hint, created_by) VALUES ($1, $2, $3, $4, $5)
     RETURNING ${SECRET_COLUMNS}`,
    [secret.id, secret.integrationId, secret.hash, secret.hint, secret.createdBy],
  );
  return inserted!;
}

export function listSecrets(tx: Tx, integrationId: string): Promise<ClientSecret[]> {
  return tx.rows(`SELECT ${SECRET_COLUMNS} FROM gateway.oauth_client_secrets WHERE integration_id = $1 ORDER BY id`, [
    integrationId,
  ]);
}

export function findSecret(tx: Tx, integrationId: string, hash: Buffer): Promise<{ id: string } | undefined> {
  return tx.row('SELECT id FROM gateway.oauth_client_secrets WHERE integration_id = $1 AND hash = $2', [
    integrationId,
    hash,
  ]);
}

/** @returns whether the secret existed */
export async function deleteSecret(tx: Tx, integrationId: string, id: string): Promise<boolean> {
  const deleted = await tx.run('DELETE FROM gateway.oauth_client_secrets WHERE integration_id = $1 AND id = $2', [
    integrationId,
    id,
  ]);
  return deleted > 0;
}
