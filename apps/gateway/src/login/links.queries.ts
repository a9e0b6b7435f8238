import { type Tx } from '@tidegate/database';
import { type Identity } from '../auth/people.queries.js';

/** A user as of one of its versions. */
export interface KnownUser {
  integrationId: string;
  userId: string;
  version: number;
}

/**
 * Remembers that a user is gone, unless something newer is known.
 * @returns the identities that are this user: the linked one, and the one that would be linked at its next login, unless it
 * is linked to another user here. The latter may be logged in since before the user was pushed
 */
export async function markDeparted(
  tx: Tx,
  { integrationId, userId, version }: KnownUser,
  externalId: string | null,
): Promise<Identity[]> {
  await keepActivity(tx, { integrationId, userId, version, active: false });
  return tx.rows<Identity>(
    `SELECT issuer, subject FROM gateway.identity_links WHERE integration_id = $1 AND user_id = $2
     UNION
     SELECT p.issuer, $3 FROM gateway.login_providers p
     JOIN gateway.login_provider_integrations i ON i.provider_id = p.id
     WHERE i.integration_id = $1 AND $3::text <> '' AND NOT EXISTS (
       SELECT FROM gateway.identity_links l WHERE l.integration_id = $1 AND l.issuer = p.issuer AND l.subject = $3)`,
    [integrationId, userId, externalId],
  );
}

/** @returns the subject that a user is linked to; of the integration's one issuer, since links of others are deleted */
export async function linkedSubject(tx: Tx, integrationId: string, userId: string): Promise<string | undefined> {
  const row = await tx.row<{ subject: string }>(
    'SELECT subject FROM gateway.identity_links WHERE integration_id = $1 AND user_id = $2',
    [integrationId, userId],
  );
  return row?.subject;
}

/** Keeps what is known of a linked user, unless something newer is. */
export async function keepActivity(
  tx: Tx,
  { integrationId, userId, version, active }: KnownUser & { active: boolean },
): Promise<void> {
  await tx.run(
    `UPDATE gateway.identity_links SET active = $4, version = $3
     WHERE integration_id = $1 AND user_id = $2 AND version <= $3`,
    [integrationId, userId, version, active],
  );
}

/** Makes a link, unless the identity or the user has one already. @returns whether it was made */
export async function insertLink(
  tx: Tx,
  { issuer, subject }: Identity,
  { integrationId, userId, version, active }: KnownUser & { active: boolean },
): Promise<boolean> {
  const made = await tx.run(
    `INSERT INTO gateway.identity_links (integration_id, issuer, subject, user_id, active, version)
     VALUES ($1, $2, $3, $4, $6, $5) ON CONFLICT DO NOTHING`,
    [integrationId, issuer, subject, userId, version, active],
  );
  return made > 0;
}

/**
 * Lets the identity of a user that has left be another user, who came in its place. Nothing is inherited: the roles that
 * this integration speaks for have ended with the old user.
 * @returns whether it is that user now
 */
export async function moveLink(
  tx: Tx,
  { issuer, subject }: Identity,
  gone: string,
  { integrationId, userId, version }: KnownUser,
): Promise<boolean> {
  const moved = await tx.run(
    `UPDATE gateway.identity_links l SET user_id = $5, active = true, version = $6
     WHERE integration_id = $1 AND issuer = $2 AND subject = $3 AND user_id = $4
       AND NOT EXISTS (SELECT FROM gateway.identity_links WHERE integration_id = $1 AND user_id = $5)`,
    [integrationId, issuer, subject, gone, userId, version],
  );
  return moved > 0;
}

/** Remembers that a user is no more. */
export async function markGone(tx: Tx, integrationId: string, userId: string): Promise<void> {
  await tx.run('UPDATE gateway.identity_links SET active = false WHERE integration_id = $1 AND user_id = $2', [
    integrationId,
    userId,
  ]);
}
