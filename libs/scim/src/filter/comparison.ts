import { ScimError } from '../errors.js';
import { type Attribute, findAttribute, type ResourceType } from '../schema/attribute.js';
import { type AttributePath, type ResolvedAttribute, resolveAttribute } from '../schema/resolve.js';
import { foldCase } from '../text.js';
import { type CompareOperator, type Literal } from './ast.js';
import { printAttributePath } from './print.js';

/** The operators without `ne`, which is evaluated as the negation of `eq`. */
export type PositiveOperator = Exclude<CompareOperator, 'ne'>;

/**
 * @returns the attribute that a filter path names (RFC 7644 §3.4.2.2)
 * @throws ScimError invalidFilter when the type has no such attribute, or it is never returned and so cannot be filtered by
 */
export function filteredAttribute(type: ResourceType, path: AttributePath): ResolvedAttribute {
  const resolved = resolveAttribute(type, path);
  const leaf = resolved?.sub ?? resolved?.attribute;
  if (!resolved || leaf?.returned === 'never' || resolved.attribute.returned === 'never') {
    throw new ScimError('invalidFilter', `${type.name} has no attribute "${printAttributePath(path).slice(0, 100)}".`);
  }
  return resolved;
}

/**
 * @returns the sub-attribute that a path inside the brackets of a value filter names
 * @throws ScimError invalidFilter when the attribute has no such sub-attribute, or it is never returned
 */
export function subAttributeOf(attribute: Attribute, path: AttributePath): Attribute {
  const plain = path.urn === undefined && path.sub === undefined;
  const sub = plain ? findAttribute(attribute.subAttributes ?? [], path.attribute) : undefined;
  if (!sub || sub.returned === 'never')
    throw new ScimError('invalidFilter', `"${attribute.name}" does not have the sub-attribute in the filter.`);
  return sub;
}

/** Whether strings of the attribute are compared case-sensitively (RFC 7643 §2.2); binary always is (§2.3.6). */
export const isExact = ({ caseExact, type }: Attribute): boolean => caseExact || type === 'binary';

const WITHOUT_ZONE = /^\d{4}-\d\d-\d\dT[\d:.]+$/;

/**
 * Reads a dateTime (RFC 7643 §2.3.5). Without a time zone it is UTC, regardless of the time zone of this process.
 * @returns milliseconds since 1970, or null when it is not a dateTime
 */
export function instantOf(text: string): number | null {
  const at = Date.parse(WITHOUT_ZONE.test(text) ? `${text}Z` : text);
  return Number.isNaN(at) ? null : at;
}

/**
 * Converts the literal of a comparison to the attribute's type: `"True"` becomes true, a number becomes a string where
 * the schema has string, and a string that is not case-exact becomes its folded key (compare it with the folded value).
 * @throws ScimError invalidFilter when the operator or the literal does not fit the type (RFC 7644 §3.4.2.2)
 */
export function comparand(attribute: Attribute, operator: CompareOperator, value: Literal): Literal {
  const unfit = (): never => {
    throw new ScimError('invalidFilter', `"${attribute.name}" does not support "${operator}" with this value.`);
  };
  if (value === null) return operator === 'eq' || operator === 'ne' ? null : unfit();
  switch (attribute.type) {
    case 'complex':
      return unfit();
    case 'boolean':
      if (operator !== 'eq' && operator !== 'ne') return unfit();
      if (typeof value === 'string' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
      return typeof value === 'boolean' ? value : unfit();
    case 'integer':
    case 'decimal':
      if (operator === 'co' || operator === 'sw' || operator === 'ew') return unfit();
      return typeof value === 'number' ? value : unfit();
    case 'dateTime': {
      if (operator === 'co' || operator === 'sw' || operator === 'ew')
        return typeof value === 'string' ? value : unfit();
      return (typeof value === 'string' ? instantOf(value) : null) ?? unfit();
    }
    case 'binary':
      if (operator !== 'eq' && operator !== 'ne' && operator !== 'co' && operator !== 'sw' && operator !== 'ew') {
        return unfit();
      }
      return typeof value === 'string' ? value : unfit();
    case 'string':
    case 'reference':
      if (typeof value === 'boolean') return unfit();
      return attribute.caseExact ? String(value) : foldCase(String(value));
  }
}
