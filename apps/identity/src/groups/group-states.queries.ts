import { MEMBER_IDS_PER_PAGE } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type GroupStateRow, STATE_COLUMNS } from './group.entity.js';

/** A synced group with its first users, and one more user if there are more. */
export type StateRow = GroupStateRow & { userIds: string[] };

/**
 * Reads at most `$4` synced groups of the integration `$1`, each with its users after the id `$3`. It is a single
 * statement, so the users are those of the returned version.
 */
export function statesWithMembers(tx: Tx, condition: string, binds: (string | number)[]): Promise<StateRow[]> {
  return tx.rows<StateRow>(
    `SELECT ${STATE_COLUMNS},
       ARRAY(SELECT user_id::text FROM identity.group_members m WHERE m.integration_id = $1 AND m.group_id = g.id
               AND m.user_id > $3 ORDER BY m.user_id LIMIT ${MEMBER_IDS_PER_PAGE + 1}) AS "userIds"
     FROM identity.groups g WHERE integration_id = $1 AND ${condition} AND synced ORDER BY id LIMIT $4`,
    binds,
  );
}
