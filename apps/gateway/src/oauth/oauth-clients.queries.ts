import { type Actor } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { oktaRedirectUris } from './redirect-uris.rule.js';

/** How a client gets its tokens: by an administrator's consent, as Okta does, or by its secret alone, as Entra does. */
export type GrantType = 'authorization_code' | 'client_credentials';

export interface OAuthClient {
  clientId: string;
  grantType: GrantType;
  /** Okta's name of its app, from which its redirect URIs follow. */
  appName: string | null;
  /** Redirect URIs besides those. */
  redirectUris: string[];
  createdAt: Date;
  lastUsedAt: Date | null;
  /** Null where it was made before actors were kept. */
  createdBy: Actor | null;
  /** Who changed it last. */
  updatedBy: Actor | null;
}

/** A secret as it may be shown: the secret itself is kept nowhere. */
export interface ClientSecret {
  id: string;
  /** The last characters, to tell one from another. */
  hint: string;
  createdAt: Date;
  /** Null where it was made before actors were kept. */
  createdBy: Actor | null;
}

const SECRET_COLUMNS = `id, hint, created_at AS "createdAt", created_by AS "createdBy"`;
const COLUMNS = `client_id AS "clientId", grant_type AS "grantType", app_name AS "appName",
  redirect_uris AS "redirectUris", created_at AS "createdAt", last_used_at AS "lastUsedAt",
  created_by AS "createdBy", updated_by AS "updatedBy"`;

/** @returns every address that the client may be sent back to */
export function redirectUrisOf({ appName, redirectUris }: Pick<OAuthClient, 'appName' | 'redirectUris'>): string[] {
  return [...(appName === null ? [] : oktaRedirectUris(appName)), ...redirectUris];
}

/** @returns undefined when the integration has one already */
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

/** @returns the client of that id, unless its integration is disabled */
export function findClientInForce(tx: Tx, integrationId: string, clientId: string): Promise<OAuthClient | undefined> {
  return tx.row(
    `SELECT ${COLUMNS} FROM gateway.oauth_clients WHERE integration_id = $1 AND client_id = $2
       AND EXISTS (SELECT FROM gateway.integrations i WHERE i.id = $1 AND i.status <> 'disabled')`,
    [integrationId, clientId],
  );
}

/** Writes where the client may be sent back to. */
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

/** Takes its secrets and all that was granted to it along. @returns false when there was none */
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

/** @returns false when there is no such secret */
export async function deleteSecret(tx: Tx, integrationId: string, id: string): Promise<boolean> {
  const deleted = await tx.run('DELETE FROM gateway.oauth_client_secrets WHERE integration_id = $1 AND id = $2', [
    integrationId,
    id,
  ]);
  return deleted > 0;
}
