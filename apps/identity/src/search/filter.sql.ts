import {
  type Attribute,
  type AttributePath,
  comparand,
  type Filter,
  filteredAttribute,
  subAttributeOf,
} from '@tidegate/scim';
import { type Value } from './columns.sql.js';
import { comparison, presence } from './comparison.sql.js';
import { type Hint, insideOf, partOf, type Place, placeOf } from './place.sql.js';
import { type Statement } from './statement.sql.js';

type Compare = Extract<Filter, { kind: 'compare' }>;

/** The context of a part of a filter: how its attribute paths are resolved. */
interface Scope {
  statement: Statement;
  lookup: (path: AttributePath) => Place;
  /** False below a negation. */
  wanted: boolean;
}

/**
 * Converts a SCIM filter (RFC 7644 §3.4.2.2) to a condition on the table `r`. It is true for the rows whose rendered
 * resources satisfy `matches` of libs/scim. No text of the filter becomes part of the SQL.
 * @throws ScimError invalidFilter for unknown attributes, comparisons that do not fit the type of the attribute, and
 *   `meta.version`
 */
export function conditionOf(statement: Statement, filter: Filter): string {
  const lookup = (path: AttributePath) => placeOf(statement, filteredAttribute(statement.type, path));
  return compile(filter, { statement, lookup, wanted: true });
}

/** SQL that is true if the filter matches, and false or null if not. */
function compile(filter: Filter, scope: Scope): string {
  const { statement, lookup, wanted } = scope;
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands
        .map((operand) => `(${compile(operand, scope)})`)
        .join(filter.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return negation(compile(filter.operand, { ...scope, wanted: false }));
    case 'present':
      return lookup(filter.path).some((value) => presence(statement, value), { wanted });
    case 'valuePath': {
      const { attribute, some } = lookup(filter.path);
      const matchesInside = (value: Value) => {
        const inside = (path: AttributePath) => insideOf(statement, value, subAttributeOf(attribute, path));
        const matched = compile(filter.filter, { ...scope, lookup: inside });
        // Without a value, a negation inside the brackets does not match either.
        return attribute.multiValued ? matched : `${presence(statement, value)} AND (${matched})`;
      };
      return some(matchesInside, { wanted, ...neededValue(attribute, filter.filter) });
    }
    case 'compare':
      return compareWith(filter, scope);
  }
}

function compareWith({ path, operator, value: literal }: Compare, { statement, lookup, wanted }: Scope): string {
  const { attribute, some } = defaultPartOf(statement, lookup(path));
  const key = comparand(attribute, operator, literal);
  if (key === null) {
    const present = some((value) => presence(statement, value), { wanted: false });
    return operator === 'eq' ? negation(present) : present;
  }
  // `ne` is the negation of `eq`, so it is true without a value.
  if (operator === 'ne')
    return negation(some((value) => comparison(statement, value, attribute, 'eq', key), { wanted: false }));
  const hint = { wanted, ...(operator === 'eq' ? hintOf(attribute, key) : {}) };
  return some((value) => comparison(statement, value, attribute, operator, key), hint);
}

/** A comparison with an absent value is null in SQL and false in SCIM, which makes a difference only in a negation. */
const negation = (condition: string): string => `NOT coalesce((${condition}), false)`;

/** Resolves a complex attribute to its `value`: `emails co "x"` means `emails.value co "x"` (RFC 7644 §3.4.2.2). */
function defaultPartOf(statement: Statement, place: Place): Place {
  const value = place.attribute.subAttributes?.find(({ name }) => name === 'value');
  return value ? partOf(statement, place, value) : place;
}

/** The only `value` that can match a condition in brackets, if there is one. */
function neededValue(attribute: Attribute, filter: Filter): Pick<Hint, 'value'> {
  if (filter.kind === 'and') {
    const needed = filter.operands.map((operand) => neededValue(attribute, operand));
    return needed.find(({ value }) => value !== undefined) ?? {};
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq') return {};
  const sub = subAttributeOf(attribute, filter.path);
  return hintOf(sub, comparand(sub, 'eq', filter.value));
}

const hintOf = ({ name }: Attribute, key: unknown): Pick<Hint, 'value'> =>
  name === 'value' && typeof key === 'string' ? { value: key } : {};
