import { type ManagerAttribute } from '@tidegate/contracts';

/**
 * SQL: the id in the manager value of the profile `p`; null if it is none. A cast of other text would be an error. Read it
 * in a materialized query: under row-level security Postgres uses no index for a comparison that contains these functions.
 */
export const MANAGER_ID = `CASE WHEN p.manager_key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  THEN p.manager_key::uuid END`;

/**
 * For each attribute: the indexed column of the users `u` or their profiles `m`, and the key of a manager value that it is
 * compared with: `id` (`MANAGER_ID`), `value` (`manager_value`) or `key` (`manager_key`).
 */
export const MANAGER_COLUMNS: Record<ManagerAttribute, { column: string; key: 'id' | 'value' | 'key' }> = {
  id: { column: 'u.id', key: 'id' },
  externalId: { column: 'u.external_id', key: 'value' },
  userName: { column: 'u.user_name_key', key: 'key' },
  email: { column: 'm.email_key', key: 'key' },
  employeeNumber: { column: 'm.employee_number', key: 'value' },
};

/** SQL: the users `u` of the integration $1 that can have the column, also inactive ones. */
export const candidates = (column: string): string =>
  column.startsWith('m.')
    ? `access_flow.user_profiles m JOIN access_flow.users u ON u.integration_id = m.integration_id AND u.id = m.user_id
       WHERE m.integration_id = $1 AND u.integration_id = $1 AND NOT u.deleted`
    : `access_flow.users u WHERE u.integration_id = $1 AND NOT u.deleted`;
