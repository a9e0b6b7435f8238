import { type Dialect } from '../dialects.js';
import { ScimError } from '../errors.js';
import { type Filter } from './ast.js';
import { parseFilter } from './parse.js';
import { tolerates } from '../quirks.js';
import { type Attribute, findAttribute, type ResourceType } from '../schema/attribute.js';
import { type AttributePath, resolveAttribute } from '../schema/resolve.js';

type Lookup = (path: AttributePath) => Attribute | undefined;

/**
 * Parses a filter and checks that its literals fit the dialect of the integration.
 * @throws ScimError invalidFilter
 */
export function readFilter(type: ResourceType, text: string): Filter {
  const filter = parseFilter(text, type.dialect);
  expectLiterals(type.dialect, filter, (path) => {
    const resolved = resolveAttribute(type, path);
    return resolved?.sub ?? resolved?.attribute;
  });
  return filter;
}

/** @returns a lookup of the sub-attributes of an attribute, for a filter in brackets */
export const insideOf =
  (attribute: Attribute | undefined): Lookup =>
  ({ urn, attribute: name, sub }) =>
    urn === undefined && sub === undefined ? findAttribute(attribute?.subAttributes ?? [], name) : undefined;

/**
 * Checks the literals of a filter against the types of their attributes, unless the dialect converts types. Attributes that
 * the schema does not have are skipped; evaluating the filter refuses them.
 * @throws ScimError invalidFilter
 */
export function expectLiterals(dialect: Dialect, filter: Filter, lookup: Lookup): void {
  switch (filter.kind) {
    case 'and':
    case 'or':
      filter.operands.forEach((operand) => expectLiterals(dialect, operand, lookup));
      return;
    case 'not':
      expectLiterals(dialect, filter.operand, lookup);
      return;
    case 'valuePath':
      expectLiterals(dialect, filter.filter, insideOf(lookup(filter.path)));
      return;
    case 'present':
      return;
    case 'compare': {
      const attribute = lookup(filter.path);
      const leaf = findAttribute(attribute?.subAttributes ?? [], 'value') ?? attribute;
      if (leaf && !fits(dialect, leaf, typeof filter.value)) {
        throw new ScimError('invalidFilter', `"${leaf.name}" cannot be compared with a value of this type.`);
      }
    }
  }
}

function fits(dialect: Dialect, { type }: Attribute, literal: string): boolean {
  if (type === 'boolean') return literal !== 'string' || tolerates(dialect, 'booleansAsText');
  if (type === 'complex' || type === 'integer' || type === 'decimal') return true;
  return literal !== 'number' || tolerates(dialect, 'numbersAsText');
}
