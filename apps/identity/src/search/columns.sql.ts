import { type Statement } from './statement.sql.js';

/**
 * Access to one value of an attribute: SQL for its comparison key, by kind; a path in a document of `comparisonKeys`;
 * or, for a complex attribute with columns, the values of its sub-attributes.
 */
export type Value =
  | { kind: 'text' | 'boolean' | 'id' | 'time'; sql: string }
  | { kind: 'json'; document: string; path: readonly string[] }
  | { kind: 'parts'; part: (name: string) => Value };

type Columns = Readonly<Partial<Record<string, (statement: Statement) => Value>>>;

const text = (sql: string) => (): Value => ({ kind: 'text', sql });
const time = (sql: string) => (): Value => ({ kind: 'time', sql });
const id = (): Value => ({ kind: 'id', sql: 'r.id' });

const META: Columns = {
  'meta.created': time('r.created_at'),
  'meta.lastModified': time('r.last_modified_at'),
  'meta.resourceType': ({ type, bind }) => ({ kind: 'text', sql: bind(type.name, 'text') }),
  'meta.location': ({ type, baseUrl, bind }) => {
    return { kind: 'text', sql: `(${bind(`${baseUrl}${type.endpoint}/`, 'text')} || r.id::text)` };
  },
};

/**
 * Attributes that have columns in the table `r`, by resource type and name. The groups of a user and the members of a
 * group have tables (relations.sql.ts). All other attributes are read by their paths in `r.keys`.
 */
export const COLUMNS: Record<'User' | 'Group', Columns> = {
  User: {
    id,
    externalId: text('r.external_id'),
    userName: text('r.user_name_key'),
    displayName: text('r.display_name_key'),
    active: () => ({ kind: 'boolean', sql: 'r.active' }),
    ...META,
  },
  Group: { id, externalId: text('r.external_id'), displayName: text('r.display_name_key'), ...META },
};

/** Columns that are never null. */
export const NOT_NULL: ReadonlySet<string> = new Set([
  ...['r.id', 'r.user_name_key', 'r.active', 'r.created_at', 'r.last_modified_at'],
]);
