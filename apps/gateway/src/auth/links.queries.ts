import { type Tx } from '@tidegate/database';
import { type Identity } from './people.queries.js';

/** A user as of one of its versions. */
export interface KnownUser {
  integrationId: string;
  userId: string;
  version: number;
}

/** Remembers that a user is gone, unless something newer is known. @returns the identity that is this user, if any */
export async function markDeparted(
  tx: Tx,
  { integrationId, userId, version }: KnownUser,
): Promise<Identity | undefined> {
  await keepActivity(tx, { integrationId, userId, version, active: false });
  return tx.row<Identity>(
    'SELECT issuer, subject FROM gateway.identity_links WHERE integration_id = $1 AND user_id = $2',
    [integrationId, userId],
  );
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
  { integrationId, userId, version }: KnownUser,
): Promise<boolean> {
  const made = await tx.run(
    `INSERT INTO gateway.identity_links (integration_id, issuer, subject, user_id, active, version)
     VALUES ($1, $2, $3, $4, true, $5) ON CONFLICT DO NOTHING`,
    [integrationId, issuer, subject, userId, version],
  );
  return made > 0;
}

/**
 * Lets the identity of a user that is no more be another user, who came in its place. Nothing is inherited: roles given to
 * the old user stay with the old id, and ids are never used again.
 */
export async function moveLink(
  tx: Tx,
  { issuer, subject }: Identity,
  gone: string,
  { integrationId, userId, version }: KnownUser,
): Promise<void> {
  await tx.run(
    `UPDATE gateway.identity_links l SET user_id = $5, active = true, version = $6
     WHERE integration_id = $1 AND issuer = $2 AND subject = $3 AND user_id = $4
       AND NOT EXISTS (SELECT FROM gateway.identity_links WHERE integration_id = $1 AND user_id = $5)`,
    [integrationId, issuer, subject, gone, userId, version],
  );
}

/** Remembers that a user is no more. */
export async function markGone(tx: Tx, integrationId: string, userId: string): Promise<void> {
  await tx.run('UPDATE gateway.identity_links SET active = false WHERE integration_id = $1 AND user_id = $2', [
    integrationId,
    userId,
  ]);
}
