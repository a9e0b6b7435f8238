import { type Attribute, ScimError, sortedAttribute } from '@tidegate/scim';
import { NOT_NULL, type Value } from './columns.sql.js';
import { jsonOf, textOf } from './comparison.sql.js';
import { placeOf } from './place.sql.js';
import { type Statement } from './statement.sql.js';

/** The sort key of a list. Rows with equal keys are ordered by id. */
export interface SortKey {
  sql: string;
  type: 'text' | 'uuid' | 'boolean' | 'timestamptz' | 'jsonb';
  /** Whether rows can have no value. They come last in ascending order and first in descending order. */
  nullable: boolean;
}

/**
 * The sort key for `sortBy` (RFC 7644 §3.4.2.3). Of a multi-valued attribute it is the primary value, or else the
 * first.
 * @throws ScimError invalidValue for an attribute that cannot be sorted by
 */
export function sortKeyOf(statement: Statement, sortBy: string): SortKey {
  const resolved = sortedAttribute(statement.type, sortBy);
  if (resolved.name === 'meta.version')
    throw new ScimError('invalidValue', '"sortBy" cannot be "meta.version", which is computed for each response.');
  const leaf = resolved.sub ?? resolved.attribute;
  let type: SortKey['type'] = 'text';
  const sql = placeOf(statement, resolved).first((value) => {
    type = typeOf(value, leaf);
    return keySql(statement, value, leaf, type);
  });
  return { sql: type === 'text' ? `(${sql} COLLATE "C")` : sql, type, nullable: !NOT_NULL.has(sql) };
}

function typeOf(value: Value, { type }: Attribute): SortKey['type'] {
  switch (value.kind) {
    case 'text':
      return 'text';
    case 'id':
      return 'uuid';
    case 'time':
      return 'timestamptz';
    case 'boolean':
      return 'boolean';
    case 'json':
      return type === 'string' || type === 'reference' || type === 'binary' ? 'text' : 'jsonb';
    case 'parts':
      throw new Error('A complex value cannot be sorted by (this is a bug)');
  }
}

function keySql(statement: Statement, value: Value, attribute: Attribute, type: SortKey['type']): string {
  if (type === 'text') return textOf(statement, value, attribute);
  if (value.kind === 'parts') throw new Error('A complex value cannot be sorted by (this is a bug)');
  if (value.kind !== 'json') return value.sql;
  const found = jsonOf(statement, value, attribute);
  // Values of the same type have the same order as JSON.
  return `CASE jsonb_typeof(${found}) WHEN '${attribute.type === 'boolean' ? 'boolean' : 'number'}' THEN ${found} END`;
}
