import { type Literal } from './ast.js';

/**
 * Orders two strings by code point, like Postgres under `COLLATE "C"`. JavaScript orders by UTF-16 unit, which sorts
 * characters above U+FFFF (surrogate pairs) before U+E000.
 * @returns below 0, 0 or above 0
 */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  return weightOf(a.charCodeAt(at)) - weightOf(b.charCodeAt(at));
}

/**
 * Orders two values of one type: false before true, numbers by size, strings by code point.
 * @returns below 0, 0 or above 0; undefined when their types differ
 */
export function compareKeys(a: NonNullable<Literal>, b: NonNullable<Literal>): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return typeof a === typeof b ? Number(a) - Number(b) : undefined;
}

/** Sorts surrogates after all other units, because they encode higher code points. */
function weightOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
