import { type UserProfile } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { managerKeys } from './managers.rule.js';
import { type UserEntity } from './user.entity.js';

/**
 * Stores a profile if it is newer and its user is not deleted. The caller holds the user's lock.
 * @returns whether it replaced an older profile. A first profile ends nothing: a condition that matched without attributes
 * matches with them too, because a missing attribute is unknown.
 */
export async function storeProfile(tx: Tx, integrationId: string, profile: UserProfile): Promise<boolean> {
  const keys = managerKeys(profile.attributes);
  const stored = await tx.row<{ isFirst: boolean }>(
    `INSERT INTO access_flow.user_profiles AS p (integration_id, user_id, version, attributes_version, attributes, manager_value,
       manager_key, email_key, employee_number)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM access_flow.users WHERE integration_id = $1 AND id = $2 AND NOT deleted
     ON CONFLICT (integration_id, user_id) DO UPDATE
       SET version = excluded.version, attributes_version = excluded.attributes_version, attributes = excluded.attributes,
         manager_value = excluded.manager_value, manager_key = excluded.manager_key, email_key = excluded.email_key,
         employee_number = excluded.employee_number
       WHERE (p.version, p.attributes_version) < (excluded.version, excluded.attributes_version)
     RETURNING p.xmax = 0 AS "isFirst"`,
    [
      ...[
        integrationId,
        profile.userId,
        profile.version,
        profile.attributesVersion,
        JSON.stringify(profile.attributes),
      ],
      ...[keys.managerValue, keys.managerKey, keys.emailKey, keys.employeeNumber],
    ],
  );
  return stored !== undefined && !stored.isFirst;
}

/** @returns the ids of those `users` that are unknown, or stored with an older state or profile */
export async function outdatedUsers(
  tx: Tx,
  integrationId: string,
  users: readonly UserProfile[],
): Promise<Set<string>> {
  const states = users.map(({ attributes: _, ...state }) => state);
  const rows = await tx.rows<Pick<UserEntity, 'id'>>(
    `SELECT t."userId" AS id
     FROM jsonb_to_recordset($2::jsonb) AS t ("userId" uuid, version bigint, deactivations integer, deleted boolean,
                                              "attributesVersion" bigint)
     LEFT JOIN access_flow.users u ON u.integration_id = $1 AND u.id = t."userId"
     LEFT JOIN access_flow.user_profiles p ON p.integration_id = $1 AND p.user_id = t."userId"
     WHERE u.id IS NULL OR (NOT u.deleted AND (
       t.deleted OR u.version < t.version OR u.deactivations < t.deactivations OR p.user_id IS NULL
       OR (p.version, p.attributes_version) < (t.version, t."attributesVersion")))`,
    [integrationId, JSON.stringify(states)],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * Stores unknown users that are active and were never deactivated, with their profiles. Such users cannot have grants to end.
 * @returns the ids of the stored users
 */
export async function insertNewUsers(
  tx: Tx,
  integrationId: string,
  users: readonly UserProfile[],
): Promise<Set<string>> {
  const fresh = users.filter(({ active, deleted, deactivations }) => active && !deleted && deactivations === 0);
  if (fresh.length === 0) return new Set();
  const received = fresh.map((user) => ({
    ...user,
    ...managerKeys(user.attributes),
    userNameKey: foldCase(user.userName),
  }));
  const rows = await tx.rows<Pick<UserEntity, 'id'>>(
    `WITH received AS (
       SELECT * FROM jsonb_to_recordset($2::jsonb) AS t ("userId" uuid, "userName" text, "userNameKey" text,
         "displayName" text, "externalId" text, version bigint, "attributesVersion" bigint, attributes jsonb,
         "managerValue" text, "managerKey" text, "emailKey" text, "employeeNumber" text)
     ), inserted AS (
       INSERT INTO access_flow.users
         (integration_id, id, user_name, user_name_key, display_name, external_id, active, deleted, deactivations, version)
       SELECT $1, "userId", "userName", "userNameKey", "displayName", "externalId", true, false, 0, version FROM received ORDER BY "userId"
       ON CONFLICT DO NOTHING RETURNING id
     ), profiles AS (
       INSERT INTO access_flow.user_profiles (integration_id, user_id, version, attributes_version, attributes, manager_value,
         manager_key, email_key, employee_number)
       SELECT $1, id, version, "attributesVersion", attributes, "managerValue", "managerKey", "emailKey", "employeeNumber"
       FROM inserted JOIN received ON "userId" = id
       ON CONFLICT DO NOTHING
     )
     SELECT id FROM inserted`,
    [integrationId, JSON.stringify(received)],
  );
  return new Set(rows.map(({ id }) => id));
}
