import {
  type Attribute,
  type AttributePath,
  comparand,
  type Filter,
  filteredAttribute,
  subAttributeOf,
} from '@tidegate/scim';
import { type Value } from './columns.js';
import { comparison, presence } from './comparison.rule.js';
import { type Hint, insideOf, partOf, type Place, placeOf } from './place.rule.js';
import { type Statement } from './statement.js';

type Compare = Extract<Filter, { kind: 'compare' }>;

/** What names in a filter mean, and whether the search is for what meets the filter or stands under a negation. */
interface Scope {
  statement: Statement;
  lookup: (path: AttributePath) => Place;
  wanted: boolean;
}

/**
 * A SCIM filter (RFC 7644 §3.4.2.2) as a condition on the table `r`: it holds for the rows that `matches` of libs/scim
 * says yes to when they are rendered. No text of the filter becomes SQL.
 * @throws ScimError invalidFilter for attributes that the type does not have, comparisons unfit for their type, and
 *   `meta.version`
 */
export function conditionOf(statement: Statement, filter: Filter): string {
  const lookup = (path: AttributePath) => placeOf(statement, filteredAttribute(statement.type, path));
  return compile(filter, { statement, lookup, wanted: true });
}

/** SQL that is true where the filter is met, and false or unknown where it is not. */
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
      const meets = (value: Value) => {
        const inside = (path: AttributePath) => insideOf(statement, value, subAttributeOf(attribute, path));
        const met = compile(filter.filter, { ...scope, lookup: inside });
        // Where there is no value, none meets a negation either.
        return attribute.multiValued ? met : `${presence(statement, value)} AND (${met})`;
      };
      return some(meets, { wanted, ...neededValue(attribute, filter.filter) });
    }
    case 'compare':
      return compareWith(filter, scope);
  }
}

function compareWith({ path, operator, value: literal }: Compare, { statement, lookup, wanted }: Scope): string {
  const { attribute, some } = simple(statement, lookup(path));
  const key = comparand(attribute, operator, literal);
  if (key === null) {
    const present = some((value) => presence(statement, value), { wanted: false });
    return operator === 'eq' ? negation(present) : present;
  }
  // `ne` is true where `eq` is not, so also where there is no value.
  if (operator === 'ne')
    return negation(some((value) => comparison(statement, value, attribute, 'eq', key), { wanted: false }));
  const hint = { wanted, ...(operator === 'eq' ? hintOf(attribute, key) : {}) };
  return some((value) => comparison(statement, value, attribute, operator, key), hint);
}

/** A comparison with what is absent is unknown in SQL and false in SCIM; only a negation can tell them apart. */
const negation = (condition: string): string => `NOT coalesce((${condition}), false)`;

/** `emails co "x"` means `emails.value co "x"` (RFC 7644 §3.4.2.2). */
function simple(statement: Statement, place: Place): Place {
  const value = place.attribute.subAttributes?.find(({ name }) => name === 'value');
  return value ? partOf(statement, place, value) : place;
}

/** The one `value` that a condition in brackets can be met by, if there is one. */
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
