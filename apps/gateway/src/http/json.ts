import { Refusal } from '@tidegate/contracts';

export interface JsonLimits {
  /** Objects and arrays inside one another. */
  maxDepth: number;
  /** Whether the outermost object may name a member once only; else the last one counts. */
  distinctNames: boolean;
}

/** More than a group of 16 MiB has, whose members are an object each. */
const MAX_VALUES = 750_000;
/** More than any schema has, with what no schema knows. */
const MAX_NAMES = 1_000;

/**
 * Parses a body. Millions of values, or some that are nested deep, cost the parser, and whoever walks the result, seconds
 * and memory out of all proportion to their length. So the text is looked through before, which costs little.
 * @throws Refusal invalidSyntax when it is not JSON, is nested too deep or names a member twice; tooLarge when it has too
 * many values
 */
export function parseJson(text: string, limits: JsonLimits): unknown {
  if (text === '') throw new Refusal('invalidSyntax', 'The body is empty.');
  try {
    checkOutline(text, limits);
    return JSON.parse(text);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('invalidSyntax', 'The body is not JSON.');
  }
}

/** Goes through the text once. Text that is not JSON passes or not: the parser refuses it in any case. */
function checkOutline(text: string, { maxDepth, distinctNames }: JsonLimits): void {
  const names = new Set<unknown>();
  let depth = 0;
  let values = 0;
  let nameFollows = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
      case '[':
        if (++depth > maxDepth) throw new Refusal('invalidSyntax', 'The body is nested too deep.');
        values++;
        nameFollows = depth === 1;
        break;
      case '}':
      case ']':
        depth--;
        break;
      case ',':
        if (++values > MAX_VALUES) throw new Refusal('tooLarge', 'The body has too many values.');
        nameFollows = depth === 1;
        break;
      case '"': {
        const start = at;
        at = endOfString(text, start);
        if (!nameFollows || !distinctNames) break;
        nameFollows = false;
        const name: unknown = JSON.parse(text.slice(start, at + 1)); // "\u0061" is "a"
        if (names.has(name)) throw new Refusal('invalidSyntax', 'The body names a member twice.');
        if (names.size === MAX_NAMES) throw new Refusal('tooLarge', 'The body has too many members.');
        names.add(name);
        break;
      }
      default:
    }
  }
}

/** @returns where the quote is that ends the string, or the text's end */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
