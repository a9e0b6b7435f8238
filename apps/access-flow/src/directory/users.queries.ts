import { type UserState } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';

/** A user under lock, as the rules need it. */
export interface KnownUser {
  id: string;
  active: boolean;
  deactivations: number;
}

interface UserRow {
  id: string;
  user_name: string;
  display_name: string | null;
  external_id: string | null;
  active: boolean;
  deleted: boolean;
  deactivations: number;
  version: string;
}

const stateOf = (row: UserRow): UserState => ({
  userId: row.id,
  userName: row.user_name,
  displayName: row.display_name,
  externalId: row.external_id,
  active: row.active,
  deleted: row.deleted,
  deactivations: row.deactivations,
  version: Number(row.version),
});

const binds = (integrationId: string, user: UserState) => [
  integrationId,
  user.userId,
  user.userName,
  user.displayName,
  user.externalId,
  user.active,
  user.deleted,
  user.deactivations,
  user.version,
];

/**
 * Locks the user's row against everything that grants, and makes it when the user is new.
 * @returns what was known before, or undefined when nothing was: then `told` is stored
 */
export async function lockForChange(tx: Tx, integrationId: string, told: UserState): Promise<UserState | undefined> {
  const made = await tx.run(
    `INSERT INTO access_flow.users
       (integration_id, id, user_name, display_name, external_id, active, deleted, deactivations, version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
    binds(integrationId, told),
  );
  if (made === 1) return undefined;
  const row = await tx.row<UserRow>(
    `SELECT id, user_name, display_name, external_id, active, deleted, deactivations, version
     FROM access_flow.users WHERE integration_id = $1 AND id = $2 FOR UPDATE`,
    [integrationId, told.userId],
  );
  if (!row) throw new Error('a user row vanished (this is a bug)');
  return stateOf(row);
}

export async function storeUser(tx: Tx, integrationId: string, user: UserState): Promise<void> {
  await tx.run(
    `UPDATE access_flow.users SET user_name = $3, display_name = $4, external_id = $5, active = $6, deleted = $7,
       deactivations = $8, version = $9 WHERE integration_id = $1 AND id = $2`,
    binds(integrationId, user),
  );
}

/**
 * Locks users for share, so that none of them can leave before this transaction is over.
 * @returns those that exist and are not deleted, by id
 */
export async function lockPresent(tx: Tx, integrationId: string, ids: string[]): Promise<Map<string, KnownUser>> {
  const rows = await tx.rows<KnownUser>(
    `SELECT id, active, deactivations FROM access_flow.users
     WHERE integration_id = $1 AND id = ANY ($2::uuid[]) AND NOT deleted ORDER BY id FOR SHARE`,
    [integrationId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** @returns whether the integration has an active user other than `exceptId` */
export async function hasOtherUsers(tx: Tx, integrationId: string, exceptId: string): Promise<boolean> {
  const row = await tx.row(
    `SELECT 1 FROM access_flow.users WHERE integration_id = $1 AND id <> $2 AND active AND NOT deleted LIMIT 1`,
    [integrationId, exceptId],
  );
  return row !== undefined;
}

/** The users whose access or word hangs on being active, beyond the id `after`: those that the reconciler asks about. */
export async function usersThatMatter(
  tx: Tx,
  integrationId: string,
  after: string,
  limit: number,
): Promise<UserState[]> {
  const rows = await tx.rows<UserRow>(
    `WITH mattering AS (
       SELECT user_id AS id FROM access_flow.grants WHERE integration_id = $1 AND status <> 'ended'
       UNION SELECT user_id FROM access_flow.requests WHERE integration_id = $1 AND status = 'pending'
       UNION SELECT unnest(approver_ids) FROM access_flow.requests WHERE integration_id = $1 AND status = 'pending'
       UNION SELECT unnest(approver_ids) FROM access_flow.flows WHERE integration_id = $1
     )
     SELECT u.id, user_name, display_name, external_id, active, deleted, deactivations, version
     FROM access_flow.users u JOIN mattering m ON m.id = u.id
     WHERE u.integration_id = $1 AND u.id > $2 ORDER BY u.id LIMIT $3`,
    [integrationId, after, limit],
  );
  return rows.map(stateOf);
}

/** The known users of an integration that are not deleted, beyond the id `after`. */
export async function usersAfter(tx: Tx, integrationId: string, after: string, limit: number): Promise<UserState[]> {
  const rows = await tx.rows<UserRow>(
    `SELECT id, user_name, display_name, external_id, active, deleted, deactivations, version
     FROM access_flow.users WHERE integration_id = $1 AND id > $2 AND NOT deleted ORDER BY id LIMIT $3`,
    [integrationId, after, limit],
  );
  return rows.map(stateOf);
}
