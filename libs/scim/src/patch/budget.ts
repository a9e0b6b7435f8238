import { ScimError } from '../errors.js';
import { type Filter, readingsOf } from '../filter/ast.js';
import { type JsonValue } from '../json.js';

/** About twenty milliseconds of work; see `Budget`. */
const MOST = 2_000_000;

/**
 * Bounds what one PATCH may cost. The unit is one character of text read by one term of a filter, about ten nanoseconds.
 * What an operation adds or finds by `value` or `type` costs next to nothing; looking through all values costs their
 * text, so twenty such operations on the biggest user pass, and a thousand do not.
 */
export class Budget {
  private left = MOST;

  /**
   * @param units of text; each is read once for each term of the filter
   * @throws ScimError tooLarge when the operations together cost too much
   */
  spend(units: number, filter?: Filter): void {
    this.left -= units * (filter ? readingsOf(filter) : 1);
    if (this.left < 0) throw new ScimError('tooLarge', 'The operations together read too much text.');
  }
}

/** @returns characters of JSON */
export const lengthOf = (value: JsonValue | undefined): number =>
  value === undefined ? 0 : JSON.stringify(value).length;
