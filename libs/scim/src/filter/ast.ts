import { type AttributePath } from '../schema/resolve.js';

/** The comparisons of RFC 7644 §3.4.2.2 table 3, without `pr`. */
export const COMPARE_OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type CompareOperator = (typeof COMPARE_OPERATORS)[number];
export type Literal = string | number | boolean | null;

/** A parsed filter (RFC 7644 §3.4.2.2). `and` and `or` have at least two operands. */
export type Filter =
  | { kind: 'compare'; path: AttributePath; operator: CompareOperator; value: Literal }
  | { kind: 'present'; path: AttributePath }
  | { kind: 'and'; operands: Filter[] }
  | { kind: 'or'; operands: Filter[] }
  | { kind: 'not'; operand: Filter }
  /** `emails[type eq "work"]`: one value of the attribute matches all of `filter`, whose paths name sub-attributes. */
  | { kind: 'valuePath'; path: AttributePath; filter: Filter };

/** The path of a PATCH operation (RFC 7644 §3.5.2): an attribute, with an optional filter on its values. */
export type PatchPath = { path: AttributePath; filter?: Filter };

/** @returns how often a filter reads one value: once for each term, and more for `co` with a long string, which backtracks */
export function readingsOf(filter: Filter): number {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.operands.reduce((sum, operand) => sum + readingsOf(operand), 0);
    case 'not':
      return readingsOf(filter.operand);
    case 'valuePath':
      return readingsOf(filter.filter);
    case 'compare':
      return filter.operator === 'co' ? 1 + String(filter.value).length / 32 : 1;
    case 'present':
      return 1;
  }
}
