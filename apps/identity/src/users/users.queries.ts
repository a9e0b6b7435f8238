import { type Command, type UserRecord } from '@tidegate/contracts';
import { columnsOf, outboxRow, type NewEvent, type Tx } from '@tidegate/database';
import { type ResourceType, type ScimAttributes, ScimError } from '@tidegate/scim';
import { openIntegration } from '../common/integrations.queries.js';
import { insertEventsFrom } from '../common/outbox.queries.js';
import { countInBlock } from '../search/blocks.queries.js';
import { isRepeat, rememberCommand } from '../common/repeats.queries.js';
import { type MarkedAttributes } from './profile.rule.js';
import { MARKS } from './profiles.queries.js';
import { STATE_COLUMNS, UserRow, type UserStateRow } from './user.entity.js';
import { namesOf, searchedOf, type UserContent } from './users.rule.js';

/** The marked attributes of the integration; null while the integration is unknown. */
type Marked = { marks: MarkedAttributes | null };

/**
 * Inserts a user and its events. They are one statement, because creates are the most frequent writes of a first sync, and
 * each statement is a round trip.
 * @param type the resource type User of the integration
 * @returns undefined when the integration is not open, the command has already created a user, or the userName exists
 */
export async function insertUser(
  tx: Tx,
  type: ResourceType,
  user: UserContent & { integrationId: string; id: string; commandId: string },
  events: readonly NewEvent[],
): Promise<(UserRow & Marked) | undefined> {
  const names = namesOf(user.attributes);
  const searched = searchedOf(type, user.attributes);
  const created = await tx.row<UserRow & Marked & { closedUntil: string | null }>(
    `WITH ${openIntegration('$1')}, created AS (
       INSERT INTO identity.users (integration_id, id, command_id, user_name, user_name_key, display_name,
         display_name_key, external_id, active, deactivated_received_at, attributes, keys, shown_name_key)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM open
       ON CONFLICT DO NOTHING RETURNING *
     ), emails AS (
       INSERT INTO identity.user_emails (integration_id, user_id, value_key)
       SELECT integration_id, id, unnest($14::text[]) FROM created
     ), events AS (${insertEventsFrom('created', '$15')})
     SELECT ${columnsOf(UserRow)}, (SELECT users_closed_until FROM open) AS "closedUntil",
       (SELECT ${MARKS} FROM open) AS marks FROM created`,
    [
      user.integrationId,
      user.id,
      user.commandId,
      names.userName,
      names.userNameKey,
      names.displayName,
      names.displayNameKey,
      names.externalId,
      user.active,
      user.deactivatedReceivedAt,
      JSON.stringify(user.attributes),
      JSON.stringify(searched.keys),
      searched.shownNameKey,
      searched.emails,
      JSON.stringify(events.map(outboxRow)),
    ],
  );
  if (!created) return undefined;
  tx.eventLanes.add('normal');
  const { closedUntil, ...row } = created;
  // Ids are in order of time. Only an id that was generated earlier and arrives late is in a closed block.
  await countInBlock(tx, 'users', row, closedUntil, 1);
  return row;
}

/**
 * @returns the user that an earlier delivery of the command created
 * @throws ScimError uniqueness when another user has the name
 */
export async function userOfCommand(
  tx: Tx,
  user: { integrationId: string; commandId: string; attributes: ScimAttributes },
): Promise<UserRow | undefined> {
  const rows = await tx.rows<UserRow & { isRepeat: boolean }>(
    `SELECT ${columnsOf(UserRow)}, command_id = $2 AS "isRepeat" FROM identity.users
     WHERE integration_id = $1 AND (command_id = $2 OR user_name_key = $3)`,
    [user.integrationId, user.commandId, namesOf(user.attributes).userNameKey],
  );
  const repeated = rows.find((row) => row.isRepeat);
  if (!repeated && rows.length > 0) throw nameTaken();
  return repeated;
}

/** @param id must be valid (`isId`) */
export function findUser(tx: Tx, integrationIds: string[], id: string): Promise<UserRow | undefined> {
  return tx.row<UserRow>(
    `SELECT ${columnsOf(UserRow)} FROM identity.users WHERE integration_id = ANY ($1::uuid[]) AND id = $2`,
    [integrationIds, id],
  );
}

/**
 * Finds a user and locks it: no other transaction can change it until this one ends.
 * @param strength `NO KEY UPDATE` allows other transactions to add the user to groups; `UPDATE`, for a delete, does not
 * @returns the user, and whether an earlier delivery of the command changed it
 */
export function lockUser(
  tx: Tx,
  { integrationIds, commandId }: Command,
  id: string,
  strength: 'NO KEY UPDATE' | 'UPDATE' = 'NO KEY UPDATE',
): Promise<(UserRow & { repeated: boolean }) | undefined> {
  return tx.row(
    `SELECT ${columnsOf(UserRow)}, ${isRepeat('$3')} FROM identity.users
     WHERE integration_id = ANY ($1::uuid[]) AND id = $2 FOR ${strength}`,
    [integrationIds, id, commandId],
  );
}

/**
 * Saves a user as its next version; the caller holds the lock of the user.
 * @param type the resource type User of the integration
 * @throws ScimError uniqueness when another user has the name; the transaction is aborted then
 */
export async function saveUser(
  tx: Tx,
  type: ResourceType,
  { integrationId, id }: UserRow,
  content: UserContent,
  commandId: string,
): Promise<UserRow & Marked> {
  const names = namesOf(content.attributes);
  const searched = searchedOf(type, content.attributes);
  const saved = await tx
    .row<UserRow & Marked>(
      `WITH removed_emails AS (
         DELETE FROM identity.user_emails WHERE integration_id = $1 AND user_id = $2 AND value_key <> ALL ($15::text[])
       ), added_emails AS (
         INSERT INTO identity.user_emails (integration_id, user_id, value_key) SELECT $1, $2, unnest($15::text[])
         ON CONFLICT DO NOTHING
       )
       UPDATE identity.users SET user_name = $3, user_name_key = $4, display_name = $5, display_name_key = $6,
         external_id = $7, active = $8, deactivations = $9, deactivated_received_at = $10, attributes = $11,
         version = version + 1, last_modified_at = clock_timestamp(), ${rememberCommand('$12')},
         keys = $13, shown_name_key = $14
       WHERE integration_id = $1 AND id = $2
       RETURNING ${columnsOf(UserRow)}, (SELECT ${MARKS} FROM identity.integrations WHERE integration_id = $1) AS marks`,
      [
        integrationId,
        id,
        names.userName,
        names.userNameKey,
        names.displayName,
        names.displayNameKey,
        names.externalId,
        content.active,
        content.deactivations,
        content.deactivatedReceivedAt,
        JSON.stringify(content.attributes),
        commandId,
        JSON.stringify(searched.keys),
        searched.shownNameKey,
        searched.emails,
      ],
    )
    .catch((error: unknown) => {
      throw (error as { constraint?: string }).constraint === 'users_user_name' ? nameTaken() : error;
    });
  return saved!;
}

/** Stores the time of a repeated deactivation, so that writes received before it cannot undo it. */
export async function saveDeactivationTime(
  tx: Tx,
  { integrationId, id }: UserRow,
  receivedAt: Date | null,
): Promise<void> {
  await tx.run(`UPDATE identity.users SET deactivated_received_at = $3 WHERE integration_id = $1 AND id = $2`, [
    integrationId,
    id,
    receivedAt,
  ]);
}

/** Deletes a user with its memberships. @param row the state to store as its tombstone */
export async function deleteUser(tx: Tx, row: UserRow, commandId: string): Promise<void> {
  await tx.run(
    `WITH deleted AS (DELETE FROM identity.users WHERE integration_id = $1 AND id = $2)
     INSERT INTO identity.deleted_users (integration_id, id, user_name, display_name, external_id, deactivations, version,
       command_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      row.integrationId,
      row.id,
      row.userName,
      row.displayName,
      row.externalId,
      row.deactivations,
      row.version,
      commandId,
    ],
  );
}

/** @returns the users with these ids, including deleted ones, without their attributes */
export function statesOf(
  tx: Tx,
  integrationIds: string[],
  ids: string[],
): Promise<(UserStateRow & { deleted: boolean })[]> {
  return tx.rows(
    `SELECT ${STATE_COLUMNS}, active, false AS deleted FROM identity.users
     WHERE integration_id = ANY ($1::uuid[]) AND id = ANY ($2::uuid[])
     UNION ALL
     SELECT ${STATE_COLUMNS}, false, true FROM identity.deleted_users
     WHERE integration_id = ANY ($1::uuid[]) AND id = ANY ($2::uuid[])`,
    [integrationIds, ids],
  );
}

export async function countUsers(tx: Tx, integrationId: string): Promise<{ users: number; activeUsers: number }> {
  const row = await tx.row<{ users: number; activeUsers: number }>(
    `SELECT count(*) AS users, count(*) FILTER (WHERE active) AS "activeUsers"
     FROM identity.users WHERE integration_id = $1`,
    [integrationId],
  );
  return row ?? { users: 0, activeUsers: 0 };
}

/**
 * The groups of users of one integration (RFC 7643 §4.1.2), by user id: the direct groups and the groups that contain
 * them. A group that is direct and indirect is returned once, as direct. Cycles of groups are handled.
 */
export async function groupsOfUsers(tx: Tx, rows: readonly UserRow[]): Promise<Map<string, UserRecord['groups']>> {
  const groups = new Map<string, UserRecord['groups']>(rows.map(({ id }) => [id, []]));
  if (rows.length === 0) return groups;
  const found = await tx.rows<{ userId: string; id: string; display: string; direct: boolean }>(
    `WITH RECURSIVE membership (user_id, group_id, direct) AS (
       SELECT user_id, group_id, true FROM identity.group_members
       WHERE integration_id = $1 AND user_id = ANY ($2::uuid[])
     UNION
       SELECT m.user_id, n.group_id, false FROM membership m
       JOIN identity.group_groups n ON n.integration_id = $1 AND n.member_id = m.group_id
     )
     SELECT m.user_id AS "userId", g.id, g.display_name AS display, bool_or(m.direct) AS direct FROM membership m
     JOIN identity.groups g ON g.integration_id = $1 AND g.id = m.group_id
     GROUP BY m.user_id, g.id, g.display_name ORDER BY g.id`,
    [rows[0]!.integrationId, [...groups.keys()]],
  );
  for (const { userId, id, display, direct } of found)
    groups.get(userId)?.push({ value: id, display, type: direct ? 'direct' : 'indirect' });
  return groups;
}

function nameTaken(): ScimError {
  return new ScimError('uniqueness', 'Another user has this userName.');
}
