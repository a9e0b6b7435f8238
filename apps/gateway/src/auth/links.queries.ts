import { type Tx } from '@tidegate/database';
import { type Identity } from '../callers/caller.js';
import { type IdentityLinkEntity } from './identity-link.entity.js';

/** A version of a user. */
export type UserVersion = Pick<IdentityLinkEntity, 'integrationId' | 'userId' | 'version'>;

/**
 * Marks the link of a user inactive, unless it has a newer version.
 * @returns the identities of the user: the linked one, and the one with its `externalId` as subject, unless that is linked to
 *   another user here. The latter may have a session from before the user was pushed
 */
export async function markDeactivated(
  tx: Tx,
  { integrationId, userId, version }: UserVersion,
  externalId: string | null,
): Promise<Identity[]> {
  await updateActivity(tx, { integrationId, userId, version, active: false });
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

/** Stores whether a linked user is active, unless a newer version is stored. */
export async function updateActivity(
  tx: Tx,
  { integrationId, userId, version, active }: UserVersion & { active: boolean },
): Promise<void> {
  await tx.run(
    `UPDATE gateway.identity_links SET active = $4, version = $3
     WHERE integration_id = $1 AND user_id = $2 AND version <= $3`,
    [integrationId, userId, version, active],
  );
}

/** Links an identity to a user, unless one of them has a link. @returns whether it was inserted */
export async function insertLink(
  tx: Tx,
  { issuer, subject }: Identity,
  { integrationId, userId, version, active }: UserVersion & { active: boolean },
): Promise<boolean> {
  const made = await tx.run(
    `INSERT INTO gateway.identity_links (integration_id, issuer, subject, user_id, active, version)
     VALUES ($1, $2, $3, $4, $6, $5) ON CONFLICT DO NOTHING`,
    [integrationId, issuer, subject, userId, version, active],
  );
  return made > 0;
}

/**
 * Moves the link of an identity from an inactive user to the user that replaces it. The roles that this integration can end
 * have ended with the former user.
 * @returns whether the link was moved
 */
export async function moveLink(
  tx: Tx,
  { issuer, subject }: Identity,
  formerUserId: string,
  { integrationId, userId, version }: UserVersion,
): Promise<boolean> {
  const moved = await tx.run(
    `UPDATE gateway.identity_links l SET user_id = $5, active = true, version = $6
     WHERE integration_id = $1 AND issuer = $2 AND subject = $3 AND user_id = $4
       AND NOT EXISTS (SELECT FROM gateway.identity_links WHERE integration_id = $1 AND user_id = $5)`,
    [integrationId, issuer, subject, formerUserId, userId, version],
  );
  return moved > 0;
}
