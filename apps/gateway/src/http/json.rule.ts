import { isUtf8 } from 'node:buffer';
import { Refusal } from '@tidegate/contracts';
import { atOnce, type Steps } from '@tidegate/scim';
import { JsonPieces } from './json-pieces.rule.js';

/** Above the values in a group of 16 MiB, where each member is an object. */
const MAX_VALUES = 750_000;
/** Maximum members of an object; above the attributes of any schema. */
const MAX_NAMES = 1_000;
/** Maximum length of a string, which cannot be parsed in pieces. */
const MAX_TEXT = 1024 * 1024;
const SMALL_SET = 16;
/** Maximum characters of a name in an error. */
const SHOWN_NAME = 100;
/** Names of members that libraries which make objects of classes take for the class of an object. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['constructor', '__proto__']);
/** Characters scanned per step. */
const STEP = 16 * 1024;

/**
 * Parses a body. Checks limits with a cheap scan first, because millions of values or deep nesting take disproportionate
 * time and memory to parse. Refuses duplicate members: parsers differ in which value they use (RFC 8259 §4), so a proxy
 * may have validated another one.
 * @param maxDepth maximum nesting of objects and arrays
 * @param reserved names of members that are refused
 * @throws Refusal invalidSyntax when the text is not JSON, is nested too deeply, has a reserved member or one twice, which
 * the detail names; tooLarge when it has too many values, or a string of more than a million characters
 */
export function parseJson(text: string, maxDepth: number, reserved?: ReadonlySet<string>): unknown {
  return atOnce(jsonSteps(text, maxDepth, reserved));
}

/** `parseJson` in steps. Long text is parsed piece by piece. */
export function* jsonSteps(text: string, maxDepth: number, reserved?: ReadonlySet<string>): Steps<unknown> {
  if (text === '') throw new Refusal('invalidSyntax', 'The body is empty.');
  try {
    const pieces = new JsonPieces(text);
    yield* checkOutline(text, { maxDepth, reserved }, pieces);
    return yield* pieces.parsed();
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('invalidSyntax', 'The body is not JSON.');
  }
}

/**
 * Parses the bytes of a body in steps.
 * @throws Refusal as `parseJson`; invalidSyntax also when the bytes are not UTF-8
 */
export function* bodySteps(bytes: Buffer, maxDepth: number, reserved?: ReadonlySet<string>): Steps<unknown> {
  // Invalid bytes would silently become replacement characters (RFC 8259 §8.1).
  if (!isUtf8(bytes)) throw new Refusal('invalidSyntax', 'The body is not UTF-8.');
  yield;
  const text = bytes.toString('utf8');
  yield;
  return yield* jsonSteps(text, maxDepth, reserved);
}

/** Scans the text once and checks the limits. Malformed JSON may pass; the parser refuses it later. */
function* checkOutline(
  text: string,
  { maxDepth, reserved }: { maxDepth: number; reserved: ReadonlySet<string> | undefined },
  pieces: JsonPieces,
): Steps<void> {
  // Open containers, outermost first: the member names of objects so far; undefined for arrays.
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
          throw new Refusal('invalidSyntax', 'The body is nested too deeply.');
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
        if (nameFollows) {
          const name = nameOf(text.slice(at, end + 1));
          if (reserved?.has(name))
            throw new Refusal('invalidSyntax', `The body has a member "${name}", which is reserved.`);
          open.at(-1)!.add(name);
        }
        nameFollows = false;
        at = end;
        break;
      }
      default:
    }
  }
}

/** Resolves escapes, because "\u0061" and "a" are the same name. */
const nameOf = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);

/** The member names of an object. Most objects have few, for which an array is faster than a Set. */
class Names {
  private readonly few: string[] = [];
  private many: Set<string> | undefined;

  add(name: string): void {
    if (this.many ? this.many.has(name) : this.few.includes(name))
      throw new Refusal('invalidSyntax', `The body has the member "${name.slice(0, SHOWN_NAME)}" more than once.`);
    if (this.many?.size === MAX_NAMES) throw new Refusal('tooLarge', 'The body has an object with too many members.');
    if (this.many) this.many.add(name);
    else if (this.few.push(name) === SMALL_SET) this.many = new Set(this.few);
  }
}

/** @returns the position of the closing quote, or the end of the text */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    if (at - start > MAX_TEXT)
      throw new Refusal('tooLarge', 'The body has a string of more than a million characters.');
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
