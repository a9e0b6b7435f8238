import { type AttributePath } from '../schema/resolve.js';
import { type Filter } from './ast.js';

/** @returns the path as a string: `[urn:]attribute[.sub]` */
export function printAttributePath({ urn, attribute, sub, afterDot }: AttributePath): string {
  return `${urn === undefined ? '' : `${urn}${afterDot ? '.' : ':'}`}${attribute}${sub === undefined ? '' : `.${sub}`}`;
}

/** @returns the filter as a string, which `parseFilter` parses to the same filter */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'compare':
      return `${printAttributePath(filter.path)} ${filter.operator} ${JSON.stringify(filter.value)}`;
    case 'present':
      return `${printAttributePath(filter.path)} pr`;
    case 'not':
      return `not (${printFilter(filter.operand)})`;
    case 'valuePath':
      return `${printAttributePath(filter.path)}[${printFilter(filter.filter)}]`;
    case 'and':
    case 'or':
      return filter.operands.map(printOperand).join(` ${filter.kind} `);
  }
}

function printOperand(operand: Filter): string {
  const text = printFilter(operand);
  return operand.kind === 'and' || operand.kind === 'or' ? `(${text})` : text;
}
