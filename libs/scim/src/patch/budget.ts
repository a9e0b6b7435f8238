import { ScimError } from '../errors.js';
import { type Filter, readingsOf } from '../filter/ast.js';
import { type JsonValue } from '../json.js';

/** About twenty milliseconds of work; see `Budget`. */
const LIMIT = 2_000_000;

/**
 * Bounds the CPU time of one PATCH. The unit is one character read by one term of a filter, about ten nanoseconds. Adding
 * a value, or finding one by `value` or `type`, costs little; scanning all values costs their length, so twenty such
 * operations on the largest user pass and a thousand do not.
 */
export class Budget {
  private left = LIMIT;

  /**
   * @param units characters to read; each is read once for each term of the filter
   * @throws ScimError tooLarge when the operations together cost too much
   */
  spend(units: number, filter?: Filter): void {
    this.left -= units * (filter ? readingsOf(filter) : 1);
    if (this.left < 0)
      throw new ScimError(
        'tooLarge',
        'The operations are too expensive to apply. Split the PATCH into several requests.',
      );
  }
}

/** @returns the length of the value as JSON, in characters */
export const lengthOf = (value: JsonValue | undefined): number =>
  value === undefined ? 0 : JSON.stringify(value).length;
