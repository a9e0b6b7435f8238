import { type ResourceType } from '../schema/attribute.js';
import { resolveAttribute } from '../schema/resolve.js';
import { type Filter } from './ast.js';
import { matches } from './match.js';

/**
 * A filter on resources of several types, as one of the types has it (RFC 7644 §3.4.2.1): an attribute that the type
 * does not have is one without a value, and of which type its resources are needs no asking.
 * @returns the filter; true when all resources of the type meet it, false when none does
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
      return resolved ? filter : isMetByNothing(filter);
    }
  }
}

/** Whether an attribute without a value meets the condition: as `matches`, which knows no such attribute, would have it. */
function isMetByNothing(filter: Filter): boolean {
  if (filter.kind !== 'compare') return false;
  return filter.value === null ? filter.operator === 'eq' : filter.operator === 'ne';
}
