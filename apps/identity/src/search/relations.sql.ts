import { type Value } from './columns.sql.js';
import { type Statement } from './statement.sql.js';

/** A multi-valued attribute whose values are rows of other tables. */
export interface Relation {
  /**
   * SQL for its values: rows with `owner`, the id of the resource that has the value, and the columns that `item`
   * reads.
   * @param value placeholder of the id of the values; all values without it
   */
  values: (value?: string) => string;
  /** SQL for the values of the resource `r`. Responses order them by `id`. */
  ofRow: string;
  /** Reads a row of `values` or `ofRow`. @param row the alias of the row */
  item: (statement: Statement, row: string) => Value;
}

const parts = (part: (name: string) => Value | undefined): Value => ({
  kind: 'parts',
  part: (name) => {
    const value = part(name);
    if (!value) throw new Error(`The relation has no "${name}" (this is a bug)`);
    return value;
  },
});
const text = (sql: string): Value => ({ kind: 'text', sql });

/** SQL for the folded display name of a group or user. */
const groupName = (row: string) =>
  `(SELECT g.display_name_key FROM identity.groups g WHERE g.integration_id = $1 AND g.id = ${row}.id)`;
const userName = (row: string) =>
  `(SELECT u.shown_name_key FROM identity.users u WHERE u.integration_id = $1 AND u.id = ${row}.id)`;

/**
 * Makes the planner use an index for each row. Otherwise it estimates too many rows of a recursive query and scans
 * whole tables.
 */
const INDEX_PER_ROW = 'OFFSET 0';

/** The direct and indirect groups of a user; the same groups as in `groupsOfUsers`. */
const GROUPS: Relation = {
  values: (value) => {
    const members = `SELECT m.user_id FROM identity.group_members m WHERE m.integration_id = $1 AND m.group_id = w.id`;
    return `
    WITH RECURSIVE within (top, id, direct) AS (
      SELECT g.id, g.id, true FROM identity.groups g WHERE g.integration_id = $1${value ? ` AND g.id = ${value}` : ''}
    UNION
      SELECT w.top, n.member_id, false FROM within w CROSS JOIN LATERAL (
        SELECT member_id FROM identity.group_groups WHERE integration_id = $1 AND group_id = w.id ${INDEX_PER_ROW}
      ) AS n
    )
    SELECT m.user_id AS owner, w.top AS id, bool_or(w.direct) AS direct
    FROM within w CROSS JOIN LATERAL (${members} ${value ? INDEX_PER_ROW : ''}) AS m GROUP BY m.user_id, w.top`;
  },
  ofRow: `
    WITH RECURSIVE above (id, direct) AS (
      SELECT group_id, true FROM identity.group_members WHERE integration_id = $1 AND user_id = r.id
    UNION
      SELECT n.group_id, false FROM above a
      JOIN identity.group_groups n ON n.integration_id = $1 AND n.member_id = a.id
    )
    SELECT id, bool_or(direct) AS direct FROM above GROUP BY id`,
  item: ({ bind, baseUrl }, row) =>
    parts((name) => {
      switch (name) {
        case 'value':
          return { kind: 'id', sql: `${row}.id` };
        case '$ref':
          return text(`(${bind(`${baseUrl}/Groups/`, 'text')} || ${row}.id::text)`);
        case 'display':
          return text(groupName(row));
        case 'type':
          return text(`CASE WHEN ${row}.direct THEN 'direct' ELSE 'indirect' END`);
      }
      return undefined;
    }),
};

const memberRows = (userCondition: string, groupCondition: string) => `
    SELECT group_id AS owner, user_id AS id, true AS is_user FROM identity.group_members
    WHERE integration_id = $1${userCondition}
  UNION ALL
    SELECT group_id, member_id, false FROM identity.group_groups WHERE integration_id = $1${groupCondition}`;

/** The members of a group: users and groups. */
const MEMBERS: Relation = {
  values: (value) => (value ? memberRows(` AND user_id = ${value}`, ` AND member_id = ${value}`) : memberRows('', '')),
  ofRow: memberRows(' AND group_id = r.id', ' AND group_id = r.id'),
  item: ({ bind, baseUrl }, row) =>
    parts((name) => {
      const either = (user: string, group: string) => `CASE WHEN ${row}.is_user THEN ${user} ELSE ${group} END`;
      switch (name) {
        case 'value':
          return { kind: 'id', sql: `${row}.id` };
        case '$ref':
          return text(`(${bind(baseUrl, 'text')} || ${either(`'/Users/'`, `'/Groups/'`)} || ${row}.id::text)`);
        case 'display':
          return text(either(userName(row), groupName(row)));
        case 'type':
          return text(either(`'user'`, `'group'`));
      }
      return undefined;
    }),
};

/** Relations by resource type and attribute. */
export const RELATIONS: Record<'User' | 'Group', Readonly<Partial<Record<string, Relation>>>> = {
  User: { groups: GROUPS },
  Group: { members: MEMBERS },
};
