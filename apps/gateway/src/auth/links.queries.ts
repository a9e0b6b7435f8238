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
     WHERE integration_id = $1 AND user_id = $2 AND version < $3`,
    [integrationId, userId, version, active],
  );
}
