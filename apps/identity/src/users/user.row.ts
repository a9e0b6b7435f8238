import { type ScimAttributes } from '@tidegate/scim';

/** A row of `identity.users`. */
export interface UserRow {
  integration_id: string;
  id: string;
  user_name: string;
  display_name: string | null;
  external_id: string | null;
  active: boolean;
  deactivations: number;
  deactivated_received_at: Date | null;
  attributes: ScimAttributes;
  version: number;
  created_at: Date;
  last_modified_at: Date;
}

/** The columns of a `UserRow`. */
export const USER_ROW = `integration_id, id, user_name, display_name, external_id, active, deactivations,
  deactivated_received_at, attributes, version::float8 AS version, created_at, last_modified_at`;

/** The columns of a row that events contain. */
export type UserStateRow = Pick<
  UserRow,
  'id' | 'user_name' | 'display_name' | 'external_id' | 'active' | 'deactivations' | 'version'
>;
