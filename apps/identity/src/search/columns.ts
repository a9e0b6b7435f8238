/** How a SCIM attribute is found in a table: the SQL of its value and what kind of value that is. */
export interface Column {
  sql: string;
  /** `member`: SQL of the group's members `m`, one of which the comparison is about. */
  kind: 'text' | 'boolean' | 'id' | 'member';
}
export type Columns = Readonly<Partial<Record<string, Column>>>;

const MEMBERS = `SELECT m.user_id FROM identity.group_members m WHERE m.integration_id = r.integration_id AND m.group_id = r.id`;

/**
 * What can be filtered by: resource type → attribute → column of its table `r`. Whatever is not here is refused, so no
 * name from outside ever reaches SQL. Attributes that are not case-exact stand for their folded columns.
 */
export const COLUMNS: Readonly<Partial<Record<string, Columns>>> = {
  User: {
    id: { sql: 'r.id', kind: 'id' },
    externalId: { sql: 'r.external_id', kind: 'text' },
    userName: { sql: 'r.user_name_key', kind: 'text' },
    displayName: { sql: 'r.display_name_key', kind: 'text' },
    active: { sql: 'r.active', kind: 'boolean' },
  },
  Group: {
    id: { sql: 'r.id', kind: 'id' },
    externalId: { sql: 'r.external_id', kind: 'text' },
    displayName: { sql: 'r.display_name_key', kind: 'text' },
    'members.value': { sql: MEMBERS, kind: 'member' },
  },
};
