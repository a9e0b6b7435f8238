import { ScimError } from '../errors.js';
import { type Attribute, findAttribute, type ResourceType } from '../schema/attribute.js';
import { type AttributePath, type ResolvedAttribute, resolveAttribute } from '../schema/resolve.js';
import { foldCase } from '../text.js';
import { type CompareOperator, type Literal } from './ast.js';
import { printAttributePath } from './print.js';

/** What is left when `ne` is read as the opposite of `eq`. */
export type PositiveOperator = Exclude<CompareOperator, 'ne'>;

/**
 * The attribute that a comparison is about: of a multi-valued complex attribute its `value` (RFC 7644 §3.4.2.2).
 * @throws ScimError invalidFilter when the type has no such attribute, or it is never returned and so must not be asked for
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
 * The sub-attribute that a path inside the brackets of a value filter names.
 * @throws ScimError invalidFilter when the attribute has none of that name, or it is never returned
 */
export function subAttributeOf(attribute: Attribute, path: AttributePath): Attribute {
  const plain = path.urn === undefined && path.sub === undefined;
  const sub = plain ? findAttribute(attribute.subAttributes ?? [], path.attribute) : undefined;
  if (!sub || sub.returned === 'never')
    throw new ScimError('invalidFilter', `"${attribute.name}" has no such sub-attribute.`);
  return sub;
}

/** Whether text of the attribute is compared as it is (RFC 7643 §2.2); binary always is, whatever its schema says (§2.3.6). */
export const isExact = ({ caseExact, type }: Attribute): boolean => caseExact || type === 'binary';

const WITHOUT_ZONE = /^\d{4}-\d\d-\d\dT[\d:.]+$/;

/**
 * A dateTime (RFC 7643 §2.3.5) as an instant. One without a zone is in UTC, wherever this process runs.
 * @returns milliseconds since 1970, or null when it is no dateTime
 */
export function instantOf(text: string): number | null {
  const at = Date.parse(WITHOUT_ZONE.test(text) ? `${text}Z` : text);
  return Number.isNaN(at) ? null : at;
}

/**
 * The literal of a comparison as the attribute's type has it: `"True"` becomes true, a number becomes text where the
 * schema says string, and text that is not case-exact becomes its folded key (compare it with the folded value).
 * @throws ScimError invalidFilter when operator or literal do not fit the type (RFC 7644 §3.4.2.2)
 */
export function comparand(attribute: Attribute, operator: CompareOperator, value: Literal): Literal {
  const unfit = (): never => {
    throw new ScimError(
      'invalidFilter',
      `"${operator}" with this value does not fit the attribute "${attribute.name}".`,
    );
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
