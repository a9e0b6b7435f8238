import { type Literal } from './ast.js';

/**
 * Orders two texts by code point, as UTF-8 does and Postgres under `COLLATE "C"`. JavaScript orders by UTF-16 units, in
 * which everything beyond U+FFFF, written in surrogates, would come before U+E000.
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
 * Orders two values of one type: false before true, numbers by size, text by code point.
 * @returns below 0, 0 or above 0; undefined when they are not of one type, and so have no order
 */
export function compareKeys(a: NonNullable<Literal>, b: NonNullable<Literal>): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return typeof a === typeof b ? Number(a) - Number(b) : undefined;
}

/** Surrogates stand for what lies beyond all other units. */
function weightOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
