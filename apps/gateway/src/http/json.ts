import { Refusal } from '@tidegate/contracts';

/** More than a group of 16 MiB has, whose members are an object each. */
const MAX_VALUES = 750_000;
/** More than any schema has, with what no schema knows. */
const MAX_NAMES = 1_000;
const FEW = 16;

/**
 * Parses a body. Millions of values, or some that are nested deep, cost the parser, and whoever walks the result, seconds
 * and memory out of all proportion to their length. So the text is looked through before, which costs little.
 * Names of an object must be distinct: which of two values counts differs between parsers (RFC 8259 §4), so a reader
 * before this one may have seen another body.
 * @param maxDepth of objects and arrays inside one another
 * @throws Refusal invalidSyntax when it is not JSON, is nested too deep or names a member twice; tooLarge when it has too
 * many values
 */
export function parseJson(text: string, maxDepth: number): unknown {
  if (text === '') throw new Refusal('invalidSyntax', 'The body is empty.');
  try {
    checkOutline(text, maxDepth);
    return JSON.parse(text);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('invalidSyntax', 'The body is not JSON.');
  }
}

/** Goes through the text once. Text that is not JSON passes or not: the parser refuses it in any case. */
function checkOutline(text: string, maxDepth: number): void {
  // What is open, from the outermost in: the names that an object has so far; nothing for an array.
  const open: (Names | undefined)[] = [];
  let values = 0;
  let nameFollows = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
      case '[':
        nameFollows = text[at] === '{';
        if (open.push(nameFollows ? new Names() : undefined) > maxDepth)
          throw new Refusal('invalidSyntax', 'The body is nested too deep.');
        values++;
        break;
      case '}':
      case ']':
        open.pop();
        nameFollows = false;
        break;
      case ',':
        if (++values > MAX_VALUES) throw new Refusal('tooLarge', 'The body has too many values.');
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
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
