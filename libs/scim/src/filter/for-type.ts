import { type ResourceType } from '../schema/attribute.js';
import { resolveAttribute } from '../schema/resolve.js';
import { type Filter } from './ast.js';
import { matches } from './match.js';

/**
 * Reduces a filter on resources of several types to one type (RFC 7644 §3.4.2.1): attributes that the type does not have
 * count as unassigned, and conditions on `meta.resourceType` are evaluated.
 * @returns the filter; true when all resources of the type match, false when none does
 */
export function filterForType(type: ResourceType, filter: Filter): Filter | boolean {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const decisive = filter.kind === 'or';
      const operands = filter.operands.map((operand) => filterForType(type, operand));
      if (operands.includes(decisive)) return decisive;
      const open = operands.filter((operand) => typeof operand !== 'boolean');
      return open.length > 1 ? { kind: filter.kind, operands: open } : (open[0] ?? !decisive);
    }
    case 'not': {
      const operand = filterForType(type, filter.operand);
      return typeof operand === 'boolean' ? !operand : { kind: 'not', operand };
    }
    case 'present':
    case 'valuePath':
    case 'compare': {
      const resolved = resolveAttribute(type, filter.path);
      if (resolved?.name === 'meta.resourceType') return matches(type, { meta: { resourceType: type.name } }, filter);
      return resolved ? filter : matchesUnassigned(filter);
    }
  }
}

/** Whether an unassigned attribute matches the condition, with the same result as `matches`. */
function matchesUnassigned(filter: Filter): boolean {
  if (filter.kind !== 'compare') return false;
  return filter.value === null ? filter.operator === 'eq' : filter.operator === 'ne';
}
