import { Refusal } from '@tidegate/contracts';

export interface JsonLimits {
  /** Objects and arrays inside one another. */
  maxDepth: number;
  /** Whether the outermost object may name a member once only; else the last one counts. */
  distinctNames: boolean;
}

/**
 * Parses a body. What is nested deep costs a parser, and whoever walks the result, seconds and memory out of all
 * proportion to its length, so the depth is read from the text before.
 * @throws Refusal invalidSyntax when it is not JSON or breaks a limit
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
  let nameFollows = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '{':
      case '[':
        if (++depth > maxDepth) throw new Refusal('invalidSyntax', 'The body is nested too deep.');
        nameFollows = depth === 1;
        break;
      case '}':
      case ']':
        depth--;
        break;
      case ',':
        nameFollows = depth === 1;
        break;
      case '"': {
        const start = at;
        at = endOfString(text, start);
        if (!nameFollows || !distinctNames) break;
        nameFollows = false;
        const name: unknown = JSON.parse(text.slice(start, at + 1)); // "\u0061" is "a"
        if (names.has(name)) throw new Refusal('invalidSyntax', 'The body names a member twice.');
        names.add(name);
      }
    }
  }
}

/** @returns where the quote is that ends the string, or the text's end */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at++;
  }
  return text.length;
}
