import { type UserState } from '@tidegate/contracts';
import { columnsOf, MoreThan, type Tx } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { UserEntity } from './user.entity.js';

/** What the rules need of a locked user. */
export type KnownUser = Pick<UserEntity, 'id' | 'active' | 'deactivations'>;

const userState = ({ integrationId: _, id: userId, userNameKey: _key, ...state }: UserEntity): UserState => ({
  userId,
  ...state,
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
  foldCase(user.userName),
];

/**
 * Locks the user's row for update; transactions that grant lock it too. Inserts `received` for an unknown user.
 * @returns the stored state; undefined if the user was unknown
 */
export async function lockForChange(
  tx: Tx,
  integrationId: string,
  received: UserState,
): Promise<UserState | undefined> {
  const inserted = await tx.run(
    `INSERT INTO access_flow.users
       (integration_id, id, user_name, display_name, external_id, active, deleted, deactivations, version, user_name_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
    binds(integrationId, received),
  );
  if (inserted === 1) return undefined;
  const user = await tx.row<UserEntity>(
    `SELECT ${columnsOf(UserEntity)} FROM access_flow.users WHERE integration_id = $1 AND id = $2 FOR UPDATE`,
    [integrationId, received.userId],
  );
  if (!user) throw new Error('the row of a user disappeared (this is a bug)');
  return userState(user);
}

export async function storeUser(tx: Tx, integrationId: string, user: UserState): Promise<void> {
  await tx.run(
    `UPDATE access_flow.users SET user_name = $3, display_name = $4, external_id = $5, active = $6, deleted = $7,
       deactivations = $8, version = $9, user_name_key = $10 WHERE integration_id = $1 AND id = $2`,
    binds(integrationId, user),
  );
}

/**
 * Locks users. None of them can be deactivated or deleted until the transaction ends.
 * @param strength NO KEY UPDATE also excludes transactions that lock the same users, for decisions about their access
 * @returns those that exist and are not deleted, by id
 */
export async function lockPresent(
  tx: Tx,
  integrationId: string,
  ids: string[],
  strength: 'SHARE' | 'NO KEY UPDATE' = 'SHARE',
): Promise<Map<string, KnownUser>> {
  const rows = await tx.rows<KnownUser>(
    `SELECT id, active, deactivations FROM access_flow.users
     WHERE integration_id = $1 AND id = ANY ($2::uuid[]) AND NOT deleted ORDER BY id FOR ${strength}`,
    [integrationId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** @returns the users that exist and are not deleted, by id */
export async function readPresent(tx: Tx, integrationId: string, ids: string[]): Promise<Map<string, KnownUser>> {
  const rows = await tx.rows<KnownUser>(
    `SELECT u.id, u.active, u.deactivations FROM unnest($2::uuid[]) AS i (id)
     JOIN access_flow.users u ON u.integration_id = $1 AND u.id = i.id WHERE NOT u.deleted`,
    [integrationId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** @returns up to `limit` users that are not deleted, with live grants, pending requests or a role as approver or owner, and ids above `after`, by id */
export async function usersWithAccess(
  tx: Tx,
  integrationId: string,
  after: string,
  limit: number,
): Promise<UserState[]> {
  const users = await tx.rows<UserEntity>(
    `WITH with_access AS (
       SELECT user_id AS id FROM access_flow.grants WHERE integration_id = $1 AND status <> 'ended'
       UNION SELECT user_id FROM access_flow.requests WHERE integration_id = $1 AND status = 'pending'
       UNION SELECT approver_id FROM access_flow.request_approvers WHERE integration_id = $1 AND open AND kind = 'user'
       UNION SELECT unnest(user_ids) FROM access_flow.flows WHERE integration_id = $1
       UNION SELECT user_id FROM access_flow.group_owners WHERE integration_id = $1
     )
     SELECT ${columnsOf(UserEntity, 'u')} FROM access_flow.users u JOIN with_access a ON a.id = u.id
     WHERE u.integration_id = $1 AND u.id > $2 AND NOT u.deleted ORDER BY u.id LIMIT $3`,
    [integrationId, after, limit],
  );
  return users.map(userState);
}

/** @returns up to `limit` users that are not deleted and have ids above `after`, by id */
export async function usersAfter(tx: Tx, integrationId: string, after: string, limit: number): Promise<UserState[]> {
  const where = { integrationId, id: MoreThan(after), deleted: false };
  return (await tx.find(UserEntity, { where, order: { id: 'ASC' }, take: limit })).map(userState);
}
