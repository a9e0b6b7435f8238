import { type ScimErrorCode, ScimError } from '../errors.js';
import { isLongerThan, isStorable } from '../storable.js';

export type Token = {
  kind: '(' | ')' | '[' | ']' | 'word' | 'string' | 'end';
  /** A word as written, or the value of a string. */
  text: string;
  /** Characters from the start, counted from 0. */
  at: number;
};

const MAX_BYTES = 4096;
const MAX_TOKENS = 500;
const MAX_DEPTH = 20;
const STEP = /\s*(?:([()[\]])|("(?:[^"\\]|\\.)*")|([^\s()[\]"]+))/y;

/**
 * Splits a filter or path into tokens and checks its limits (4096 bytes, 500 tokens, 20 levels), which bound the
 * recursion of the parser.
 * @param code of the error: `invalidFilter` or `invalidPath`
 * @throws ScimError of that code, with the position
 */
export function tokenize(text: string, code: ScimErrorCode): Token[] {
  if (isLongerThan(text, MAX_BYTES)) {
    throw new ScimError(code, `The expression can have at most ${MAX_BYTES} bytes.`);
  }
  const source = text.trimEnd();
  const tokens: Token[] = [];
  let depth = 0;
  let at = 0;
  while (at < source.length) {
    STEP.lastIndex = at;
    const [whole, bracket, quoted, word] = STEP.exec(source) ?? [];
    if (whole === undefined) throw new ScimError(code, `The string at position ${at} has no closing quote.`);
    const end = at + whole.length;
    const text = bracket ?? quoted ?? word ?? '';
    const start = end - text.length;
    at = end;
    if (tokens.length >= MAX_TOKENS) throw new ScimError(code, `The expression can have at most ${MAX_TOKENS} tokens.`);
    if (bracket === '(' || bracket === '[') depth++;
    if (bracket === ')' || bracket === ']') depth--;
    if (depth > MAX_DEPTH) throw new ScimError(code, `The expression can have at most ${MAX_DEPTH} levels of nesting.`);
    if (bracket) tokens.push({ kind: bracket as Token['kind'], text, at: start });
    else if (quoted) tokens.push({ kind: 'string', text: unquote(quoted, start, code), at: start });
    else tokens.push({ kind: 'word', text, at: start });
  }
  return [...tokens, { kind: 'end', text: '', at: source.length }];
}

/** A string of RFC 7644 §3.4.2.2 is a JSON string, including its escapes. */
function unquote(quoted: string, at: number, code: ScimErrorCode): string {
  let text: unknown;
  try {
    text = JSON.parse(quoted);
  } catch {
    throw new ScimError(code, `The string at position ${at} is not a valid JSON string.`);
  }
  if (typeof text !== 'string' || !isStorable(text)) {
    throw new ScimError(code, `The string at position ${at} contains characters that cannot be stored.`);
  }
  return text;
}
