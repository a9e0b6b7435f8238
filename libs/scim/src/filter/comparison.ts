import { ScimError } from '../errors.js';
import { type Attribute, type ResourceType } from '../schema/attribute.js';
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
  if (!resolved || leaf?.returned === 'never') {
    throw new ScimError('invalidFilter', `${type.name} has no attribute "${printAttributePath(path).slice(0, 100)}".`);
  }
  return resolved;
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
      const time = typeof value === 'string' ? Date.parse(value) : NaN;
      return Number.isNaN(time) ? unfit() : time;
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
