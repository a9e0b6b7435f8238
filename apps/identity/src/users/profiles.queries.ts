import { BEFORE_ALL } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { type ScimAttributes } from '@tidegate/scim';
import { withinBytes } from '../search/keyset.sql.js';
import { type Measured } from '../search/page-bytes.js';
import { type MarkedAttributes, NO_MARKS } from './profile.rule.js';
import { ProfilePassEntity } from './profile-pass.entity.js';
import { STATE_COLUMNS, UserRow, type UserStateRow } from './user.entity.js';

/**
 * SQL for the marked attributes in a row of `identity.integrations`, as JSON. A write must read them in a later
 * statement than the one that locks the user, because a statement that waited for a lock reads old versions of other
 * rows.
 */
export const MARKS = `jsonb_build_object('names', profile_attributes, 'version', profile_attributes_version)`;

/** @returns the marked attributes of an integration */
export async function marksOf(tx: Tx, integrationId: string): Promise<MarkedAttributes> {
  const row = await tx.row<{ marks: MarkedAttributes }>(
    `SELECT ${MARKS} AS marks FROM identity.integrations WHERE integration_id = $1`,
    [integrationId],
  );
  return row?.marks ?? NO_MARKS;
}

/**
 * Stores marks that are newer than the stored ones, and starts a pass that publishes the affected profiles again. Late
 * and repeated marks have no effect.
 */
export async function storeMarks(tx: Tx, integrationId: string, { names, version }: MarkedAttributes): Promise<void> {
  await tx.run(
    `WITH before AS (
       SELECT profile_attributes FROM identity.integrations
       WHERE integration_id = $1 AND removed_at IS NULL AND profile_attributes_version < $3 FOR UPDATE
     ), stored AS (
       UPDATE identity.integrations SET profile_attributes = $2, profile_attributes_version = $3
       WHERE integration_id = $1 AND EXISTS (SELECT 1 FROM before)
     )
     INSERT INTO identity.profile_passes AS p (integration_id, names, users_after)
     SELECT $1, profile_attributes || $2, $4 FROM before
     ON CONFLICT (integration_id) DO UPDATE SET names = p.names || excluded.names, users_after = excluded.users_after`,
    [integrationId, names, version, BEFORE_ALL],
  );
}

/** Stores the progress of a pass. @param after the last user that was published; undefined when all are */
export async function saveProfilePass(tx: Tx, integrationId: string, after: string | undefined): Promise<void> {
  await (after === undefined
    ? tx.delete(ProfilePassEntity, { integrationId })
    : tx.update(ProfilePassEntity, { integrationId }, { usersAfter: after }));
}

/** Reads the users after an id, ordered by id, and locks them against writes. */
export function lockUsersAfter(tx: Tx, integrationId: string, after: string, limit: number): Promise<UserRow[]> {
  return tx.rows<UserRow>(
    `SELECT ${columnsOf(UserRow)} FROM identity.users WHERE integration_id = $1 AND id > $2 ORDER BY id LIMIT $3 FOR SHARE`,
    [integrationId, after, limit],
  );
}

/** A user, or the tombstone of a deleted one. */
export type StateRow = UserStateRow & { deleted: boolean; attributes: ScimAttributes };

/**
 * The users of an integration after an id, and the tombstones of deleted ones, ordered by id.
 * @returns one row more than the limit when there are more; rows with `bytes_before` of `LIST_BYTES` or more belong to
 *   the next page
 */
export function statesAfter(
  tx: Tx,
  integrationId: string,
  after: string,
  limit: number,
): Promise<Measured<StateRow>[]> {
  const columns = 'integration_id, id, user_name, display_name, external_id, deactivations, version';
  const page = `SELECT ${STATE_COLUMNS}, active, deleted, attributes FROM (
      SELECT ${columns}, active, false AS deleted, attributes FROM identity.users
      UNION ALL SELECT ${columns}, false, true, '{}'::jsonb FROM identity.deleted_users
    ) AS r WHERE integration_id = $1 AND id > $2 ORDER BY id LIMIT $3`;
  return tx.rows(withinBytes(page, 'id', limit), [integrationId, after, limit + 1]);
}
