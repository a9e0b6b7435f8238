import { isUtf8 } from 'node:buffer';
import { Refusal } from '@tidegate/contracts';
import { atOnce, type Steps } from '@tidegate/scim';
import { JsonPieces } from './json-pieces.js';

/** More than a group of 16 MiB has, whose members are an object each. */
const MAX_VALUES = 750_000;
/** More than any schema has, with what no schema knows. */
const MAX_NAMES = 1_000;
/** Longer than any text that is kept: what is one text cannot be read in pieces. */
const MAX_TEXT = 1024 * 1024;
const FEW = 16;
/** Characters that are looked through in one step. */
const STEP = 16 * 1024;

/**
 * Parses a body. Millions of values, or some that are nested deep, cost the parser, and whoever walks the result, seconds
 * and memory out of all proportion to their length. So the text is looked through before, which costs little.
 * Names of an object must be distinct: which of two values counts differs between parsers (RFC 8259 §4), so a reader
 * before this one may have seen another body.
 * @param maxDepth of objects and arrays inside one another
 * @throws Refusal invalidSyntax when it is not JSON, is nested too deep or names a member twice; tooLarge when it has too
 * many values, or one text of more than a million characters
 */
export function parseJson(text: string, maxDepth: number): unknown {
  return atOnce(jsonSteps(text, maxDepth));
}

/** `parseJson` in steps: what is longer than a piece is parsed piece by piece. */
export function* jsonSteps(text: string, maxDepth: number): Steps<unknown> {
  if (text === '') throw new Refusal('invalidSyntax', 'The body is empty.');
  try {
    const pieces = new JsonPieces(text);
    yield* checkOutline(text, maxDepth, pieces);
    return yield* pieces.parsed();
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('invalidSyntax', 'The body is not JSON.');
  }
}

/**
 * Reads the bytes of a body, in steps.
 * @throws Refusal as `parseJson`; invalidSyntax also for what is not UTF-8
 */
export function* bodySteps(bytes: Buffer, maxDepth: number): Steps<unknown> {
  // Half of a surrogate pair, in UTF-8 or not, would be read as some other character (RFC 8259 §8.1).
  if (!isUtf8(bytes)) throw new Refusal('invalidSyntax', 'The body is not UTF-8.');
  yield;
  const text = bytes.toString('utf8');
  yield;
  return yield* jsonSteps(text, maxDepth);
}

/** Goes through the text once. Text that is not JSON passes or not: the parser refuses it in any case. */
function* checkOutline(text: string, maxDepth: number, pieces: JsonPieces): Steps<void> {
  // What is open, from the outermost in: the names that an object has so far; nothing for an array.
  const open: (Names | undefined)[] = [];
  let values = 0;
  let nameFollows = false;
  for (let at = 0, next = STEP; at < text.length; at++) {
    if (at >= next) {
      yield;
      next = at + STEP;
    }
    switch (text[at]) {
      case '{':
      case '[':
        nameFollows = text[at] === '{';
        if (open.push(nameFollows ? new Names() : undefined) > maxDepth)
          throw new Refusal('invalidSyntax', 'The body is nested too deep.');
        pieces.open(at);
        values++;
        break;
      case '}':
      case ']':
        open.pop();
        pieces.close(at);
        nameFollows = false;
        break;
      case ',':
        if (++values > MAX_VALUES) throw new Refusal('tooLarge', 'The body has too many values.');
        pieces.comma(at);
        nameFollows = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (nameFollows) open.at(-1)!.add(nameOf(text.slice(at, end + 1)));
        nameFollows = false;
        at = end;
        break;
      }
      default:
    }
  }
}

/** "\u0061" is "a". */
const nameOf = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);

/** The names of an object. Nearly all objects have few, for which a list is quicker made than a Set. */
class Names {
  private readonly few: string[] = [];
  private many: Set<string> | undefined;

  add(name: string): void {
    if (this.many ? this.many.has(name) : this.few.includes(name))
      throw new Refusal('invalidSyntax', 'The body names a member twice.');
    if (this.many?.size === MAX_NAMES) throw new Refusal('tooLarge', 'The body has too many members.');
    if (this.many) this.many.add(name);
    else if (this.few.push(name) === FEW) this.many = new Set(this.few);
  }
}

/** @returns where the quote is that ends the string, or the text's end */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    if (at - start > MAX_TEXT) throw new Refusal('tooLarge', 'The body has a text of more than a million characters.');
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
