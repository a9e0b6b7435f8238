import { isId } from '@tidegate/contracts';
import { type Bind } from '@tidegate/database';
import {
  type AttributePath,
  comparand,
  type CompareOperator,
  type Filter,
  filteredAttribute,
  type Literal,
  resolveAttribute,
  type ResourceType,
  ScimError,
} from '@tidegate/scim';
import { type Column, COLUMNS } from './columns.js';

type Compare = Extract<Filter, { kind: 'compare' }>;
type Present = Extract<Filter, { kind: 'present' }>;

/** SQL of a comparison of two texts. `ne` is true where `eq` is not, so also where there is no value. */
const TEXT: Record<CompareOperator, (column: string, bind: string) => string> = {
  eq: (column, bind) => `${column} = ${bind}`,
  ne: (column, bind) => `${column} IS DISTINCT FROM ${bind}`,
  co: (column, bind) => `strpos(${column}, ${bind}) > 0`,
  sw: (column, bind) => `starts_with(${column}, ${bind})`,
  ew: (column, bind) => `right(${column}, length(${bind})) = ${bind}`,
  gt: (column, bind) => `${column} COLLATE "C" > ${bind}`,
  ge: (column, bind) => `${column} COLLATE "C" >= ${bind}`,
  lt: (column, bind) => `${column} COLLATE "C" < ${bind}`,
  le: (column, bind) => `${column} COLLATE "C" <= ${bind}`,
};

/**
 * A SCIM filter (RFC 7644 §3.4.2.2) as a condition on the table `r`.
 *
 * @param binds takes the values that the condition refers to; no text of the filter becomes SQL
 * @throws ScimError invalidFilter for attributes and comparisons that cannot be filtered by
 */
export function conditionOf(type: ResourceType, filter: Filter, binds: Bind[]): string {
  const joined = (filters: Filter[], word: string) =>
    filters.map((operand) => `(${conditionOf(type, operand, binds)})`).join(word);
  switch (filter.kind) {
    case 'and':
      return joined(filter.operands, ' AND ');
    case 'or':
      return joined(filter.operands, ' OR ');
    case 'not':
      // A comparison with an absent value is unknown in SQL and false in SCIM; only `not` can tell them apart.
      return `NOT coalesce((${conditionOf(type, filter.operand, binds)}), false)`;
    case 'valuePath':
      return conditionOf(type, insideOf(filter.path, filter.filter), binds);
    case 'present':
      return presence(columnOf(type, filter).column);
    case 'compare':
      return comparison(type, filter, binds);
  }
}

function comparison(type: ResourceType, filter: Compare, binds: Bind[]): string {
  const { column, attribute } = columnOf(type, filter);
  const { operator } = filter;
  const value = comparand(attribute, operator, filter.value);
  if (value === null) return operator === 'eq' ? `NOT coalesce(${presence(column)}, false)` : presence(column);
  switch (column.kind) {
    case 'text':
      return TEXT[operator](column.sql, bindOf(binds, value, 'text'));
    case 'boolean':
      return TEXT[operator](column.sql, bindOf(binds, value, 'boolean'));
    case 'id':
      if (operator !== 'eq' && operator !== 'ne')
        return TEXT[operator](`${column.sql}::text`, bindOf(binds, value, 'text'));
      if (!isId(String(value))) return operator === 'ne' ? 'true' : 'false';
      return TEXT[operator](column.sql, bindOf(binds, value, 'uuid'));
    case 'member':
      if (operator !== 'eq') throw refusal(`"${attribute.name}" can be compared by "eq" only.`);
      return isId(String(value)) ? `EXISTS (${column.sql} AND m.user_id = ${bindOf(binds, value, 'uuid')})` : 'false';
  }
}

/** `pr`: has a value that is not empty (RFC 7644 §3.4.2.2 table 3). */
function presence({ sql, kind }: Column): string {
  switch (kind) {
    case 'text':
      return `${sql} <> ''`;
    case 'boolean':
    case 'id':
      return `${sql} IS NOT NULL`;
    case 'member':
      return `EXISTS (${sql})`;
  }
}

function columnOf(type: ResourceType, filter: Compare | Present) {
  const named = filteredAttribute(type, filter.path);
  // A multi-valued attribute stands for its values (RFC 7644 §3.4.2.2).
  const resolved = resolveAttribute(type, `${named.name}.value`) ?? named;
  const column = COLUMNS[type.name]?.[resolved.name];
  if (!column) throw refusal(`Filters by "${resolved.name}" are not supported.`);
  return { column, attribute: resolved.sub ?? resolved.attribute };
}

/** `members[value eq "x"]` is `members.value eq "x"`; conditions that one value has to meet together are not known. */
function insideOf(path: AttributePath, inner: Filter): Filter {
  switch (inner.kind) {
    case 'compare':
    case 'present':
      if (inner.path.urn !== undefined || inner.path.sub !== undefined) break;
      return { ...inner, path: { ...path, sub: inner.path.attribute } };
    case 'or':
      return { kind: 'or', operands: inner.operands.map((operand) => insideOf(path, operand)) };
    case 'and':
    case 'not':
    case 'valuePath':
      break;
  }
  throw refusal('Brackets may hold comparisons joined by "or".');
}

function bindOf(binds: Bind[], value: Exclude<Literal, null>, type: 'text' | 'boolean' | 'uuid'): string {
  return `$${binds.push(type === 'text' ? String(value) : value)}::${type}`;
}

function refusal(detail: string): ScimError {
  return new ScimError('invalidFilter', detail);
}
