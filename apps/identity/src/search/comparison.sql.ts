import { isId } from '@tidegate/contracts';
import { type Attribute, type Literal, type PositiveOperator } from '@tidegate/scim';
import { type Value } from './columns.sql.js';
import { type Statement } from './statement.sql.js';

/** SQL for a comparison of two texts. */
const TEXT: Record<PositiveOperator, (text: string, wanted: string) => string> = {
  eq: (text, wanted) => `${text} = ${wanted}`,
  co: (text, wanted) => `strpos(${text}, ${wanted}) > 0`,
  sw: (text, wanted) => `starts_with(${text}, ${wanted})`,
  ew: (text, wanted) => `right(${text}, length(${wanted})) = ${wanted}`,
  gt: (text, wanted) => `${text} COLLATE "C" > ${wanted}`,
  ge: (text, wanted) => `${text} COLLATE "C" >= ${wanted}`,
  lt: (text, wanted) => `${text} COLLATE "C" < ${wanted}`,
  le: (text, wanted) => `${text} COLLATE "C" <= ${wanted}`,
};

type Order = Exclude<PositiveOperator, 'co' | 'sw' | 'ew'>;
const SIGNS: Record<Order, string> = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' };

/** Times are limited to this range, because Postgres does not parse all years that JavaScript formats. */
const [FIRST, LAST] = [Date.UTC(1, 0), Date.UTC(9999, 0)];

/**
 * SQL for a comparison. It is true if the value matches, and false or null if not.
 * @param attribute the attribute of the value
 * @param wanted the result of `comparand`, of a type that fits the attribute and the operator
 */
export function comparison(
  statement: Statement,
  value: Value,
  attribute: Attribute,
  operator: PositiveOperator,
  wanted: NonNullable<Literal>,
): string {
  const { bind } = statement;
  if (typeof wanted === 'string') {
    if (value.kind === 'id' && operator === 'eq')
      return isId(wanted) ? `${value.sql} = ${bind(wanted, 'uuid')}` : 'false';
    return TEXT[operator](textOf(statement, value, attribute), bind(wanted, 'text'));
  }
  if (value.kind === 'boolean' && typeof wanted === 'boolean') return `${value.sql} = ${bind(wanted, 'boolean')}`;
  if (value.kind === 'time' && typeof wanted === 'number') {
    return `${value.sql} ${SIGNS[orderOf(operator)]} ${instant(statement, wanted)}`;
  }
  if (value.kind !== 'json') throw new Error(`"${attribute.name}" is not ${typeof wanted} in SQL (this is a bug)`);
  const found = jsonOf(statement, value, attribute);
  const key = `to_jsonb(${bind(wanted, typeof wanted === 'number' ? 'numeric' : 'boolean')})`;
  return `(jsonb_typeof(${found}) = '${typeof wanted}' AND ${found} ${SIGNS[orderOf(operator)]} ${key})`;
}

/** SQL for `pr`: the value exists and is not empty (RFC 7644 §3.4.2.2 table 3). */
export function presence({ bind }: Statement, value: Value): string {
  switch (value.kind) {
    case 'text':
      return `${value.sql} <> ''`;
    case 'boolean':
    case 'id':
    case 'time':
      return `${value.sql} IS NOT NULL`;
    case 'json':
      return `(${value.document} #> ${bind(value.path, 'text[]')}) NOT IN ('null', '""', '{}')`;
    case 'parts':
      return 'true';
  }
}

/** SQL for the comparison key of a value as text; for a dateTime, in the format of responses. */
export function textOf({ bind }: Statement, value: Value, { type }: Attribute): string {
  switch (value.kind) {
    case 'text':
      return value.sql;
    case 'id':
      return `${value.sql}::text`;
    case 'time':
      return `to_char(${value.sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
    case 'json':
      return `(${value.document} #>> ${bind(type === 'dateTime' ? [...value.path, 'text'] : value.path, 'text[]')})`;
    case 'boolean':
    case 'parts':
      throw new Error(`A value of kind "${value.kind}" has no text (this is a bug)`);
  }
}

/** SQL for a value of `comparisonKeys` as JSON; for a dateTime, its milliseconds. */
export function jsonOf({ bind }: Statement, value: Extract<Value, { kind: 'json' }>, { type }: Attribute): string {
  return `(${value.document} #> ${bind(type === 'dateTime' ? [...value.path, 'at'] : value.path, 'text[]')})`;
}

function instant({ bind }: Statement, at: number): string {
  return bind(new Date(Math.min(Math.max(at, FIRST), LAST)).toISOString(), 'timestamptz');
}

function orderOf(operator: PositiveOperator): Order {
  if (operator === 'co' || operator === 'sw' || operator === 'ew')
    throw new Error(`"${operator}" compares text only (this is a bug)`);
  return operator;
}
