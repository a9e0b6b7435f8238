import { type Member, type NamedUser, type NameMatch } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { IS_AVAILABLE } from '../directory/groups.queries.js';
import { flowBinds, seesGroup, VISIBLE } from './visible.queries.js';

/** SQL condition: users $4 of integrations $3 see the row `t`. In integrations that $3 does not list, all rows are visible. */
const seenBy = (condition: string) => `(t.integration_id <> ALL ($3::uuid[]) OR EXISTS (
  SELECT 1 FROM unnest($3::uuid[], $4::uuid[]) AS me (integration_id, user_id)
  WHERE me.integration_id = t.integration_id AND ${condition}))`;

/** The rows with a folded name in the integrations $1 that users $4 of integrations $3 see; two for each key in $2. */
const statement = (from: string, row: string, key: string, condition: string) =>
  `SELECT n.position, found.id, found.integration_id AS "integrationId"
   FROM unnest($2::text[]) WITH ORDINALITY AS n (key, position) CROSS JOIN LATERAL (
     SELECT ${row}.id, ${row}.integration_id FROM ${from}
     WHERE ${row}.integration_id = ANY ($1::uuid[]) AND ${row}.${key} = n.key AND ${condition} LIMIT 2) AS found`;

const STATEMENTS = {
  users: statement('access_flow.users t', 't', 'user_name_key', `NOT t.deleted AND ${seenBy('me.user_id = t.id')}`),
  groups: statement(
    `(SELECT * FROM access_flow.groups g WHERE ${IS_AVAILABLE}) AS t`,
    't',
    'display_name_key',
    seenBy(seesGroup('me.integration_id', 'me.user_id', 't.id', '$5::uuid[]')),
  ),
  flows: statement('access_flow.flows f', 'f', 'name_key', VISIBLE),
} as const;

/**
 * Finds users that are not deleted, synced groups or flows by name, without regard to case.
 * @param visibleTo members, who find only themselves and the groups and flows that they can see
 * @returns at most two matches for each name
 */
export async function findByName(
  tx: Tx,
  kind: keyof typeof STATEMENTS,
  integrationIds: string[],
  names: string[] = [],
  visibleTo: Member[] = [],
): Promise<NameMatch[]> {
  if (names.length === 0) return [];
  const userIds = visibleTo.map(({ userId }) => userId);
  const [integrations, flowIds] =
    kind === 'users' ? [visibleTo.map(({ integrationId }) => integrationId), []] : await flowBinds(tx, visibleTo);
  const seeing = { users: [userIds], groups: [userIds, flowIds], flows: [flowIds] }[kind];
  const binds = [integrationIds, names.map(foldCase), integrations, ...seeing];
  const rows = await tx.rows<{ position: number; id: string; integrationId: string }>(STATEMENTS[kind], binds);
  return rows.map(({ position, ...match }) => ({ name: names[position - 1]!, ...match }));
}

/**
 * `OFFSET 0` makes the planner use the index for each id: for many ids and integrations it would read the whole table.
 * @returns the users with the ids, also deleted ones, without unknown ones
 */
export function namesOfUsers(tx: Tx, integrationIds: string[], ids: string[]): Promise<NamedUser[]> {
  return tx.rows(
    `SELECT found.* FROM unnest($2::uuid[]) AS n (id) CROSS JOIN LATERAL (
       SELECT u.id, u.integration_id AS "integrationId", u.user_name AS "userName", u.display_name AS "displayName"
       FROM access_flow.users u WHERE u.integration_id = ANY ($1::uuid[]) AND u.id = n.id OFFSET 0) AS found`,
    [integrationIds, ids],
  );
}
