import { type Actor } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';

/** A login provider without its client secret. */
export interface LoginProvider {
  id: string;
  issuer: string;
  clientId: string;
  /** Text of its login button. */
  label: string;
  /** The integrations whose users log in with it. */
  integrationIds: string[];
  createdAt: Date;
  /** Null for providers from before actors were stored. */
  createdBy: Actor | null;
  updatedBy: Actor | null;
}

const COLUMNS = `p.id, p.issuer, p.client_id AS "clientId", p.label, p.created_at AS "createdAt",
  p.created_by AS "createdBy", p.updated_by AS "updatedBy",
  array(SELECT integration_id FROM gateway.login_provider_integrations WHERE provider_id = p.id ORDER BY 1)
    AS "integrationIds"`;

type Written = Pick<LoginProvider, 'id' | 'issuer' | 'clientId' | 'label'> & { clientSecret: Buffer };

export async function insertProvider(tx: Tx, row: Written, actor: Actor): Promise<void> {
  await tx.run(
    `INSERT INTO gateway.login_providers (id, issuer, client_id, client_secret, label, created_by)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [row.id, row.issuer, row.clientId, row.clientSecret, row.label, actor],
  );
}

/** Updates the given fields. */
export async function updateProvider(
  tx: Tx,
  id: string,
  { clientId, clientSecret, label }: Partial<Written>,
  actor: Actor,
): Promise<void> {
  await tx.run(
    `UPDATE gateway.login_providers SET client_id = coalesce($2, client_id),
       client_secret = coalesce($3, client_secret), label = coalesce($4, label), updated_by = $5
     WHERE id = $1`,
    [id, clientId ?? null, clientSecret ?? null, label ?? null, actor],
  );
}

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
  return tx.rows(`SELECT ${COLUMNS} FROM gateway.login_providers p ORDER BY p.id`);
}

export function findProvider(tx: Tx, id: string): Promise<(LoginProvider & { clientSecret: Buffer }) | undefined> {
  return tx.row(`SELECT ${COLUMNS}, p.client_secret AS "clientSecret" FROM gateway.login_providers p WHERE p.id = $1`, [
    id,
  ]);
}

/** @returns whether it existed */
export async function deleteProvider(tx: Tx, id: string): Promise<boolean> {
  return (await tx.run('DELETE FROM gateway.login_providers WHERE id = $1', [id])) > 0;
}
