import { type Statement } from './statement.js';

/**
 * How one value of an attribute is found: the SQL of it in the form in which it is compared, by kind; inside a document
 * of `comparisonKeys`; or, of a complex attribute that has columns, the values of its parts.
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
 * The attributes that have columns of the table `r`: resource type → attribute. All others are found by their paths in
 * `r.keys`, but for the groups of a user and the members of a group, which have tables (relations.ts).
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

/** Columns that hold a value in every row. */
export const NOT_NULL: ReadonlySet<string> = new Set([
  ...['r.id', 'r.user_name_key', 'r.active', 'r.created_at', 'r.last_modified_at'],
]);
