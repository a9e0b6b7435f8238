import { type Tx } from '@tidegate/database';
import { groupNames, userNames } from './names.sql.js';
import { type GroupNames, type UserNames } from './names.rule.js';

/** The users and groups with some ids, by id. */
export interface DirectoryNames {
  users: NonNullable<UserNames>;
  groups: NonNullable<GroupNames>;
}

/** @returns the names of users and groups of an integration, also of deleted ones, without unknown ones */
export async function readNames(
  tx: Tx,
  integrationId: string,
  userIds: readonly (string | null | undefined)[],
  groupIds: readonly (string | null | undefined)[],
): Promise<DirectoryNames> {
  const distinct = (ids: readonly (string | null | undefined)[]) => [...new Set(ids.filter(Boolean) as string[])];
  const row = await tx.row<{ users: UserNames; groups: GroupNames }>(
    `SELECT ${userNames('r', [], ['$2::uuid[]'])} AS users, ${groupNames('r', [], ['$3::uuid[]'])} AS groups
     FROM (SELECT $1::uuid AS integration_id) r`,
    [integrationId, distinct(userIds), distinct(groupIds)],
  );
  return { users: row?.users ?? {}, groups: row?.groups ?? {} };
}

/** @returns the userNames of the users and the names of the groups, by id */
export const namesById = ({ users, groups }: DirectoryNames): Map<string, string> =>
  new Map([
    ...Object.entries(users).map(([id, { userName }]): [string, string] => [id, userName]),
    ...Object.entries(groups),
  ]);
