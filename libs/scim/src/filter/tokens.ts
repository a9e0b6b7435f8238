import { type ScimErrorCode, ScimError } from '../errors.js';
import { isLongerThan, isStorable } from '../storable.js';

export type Token = {
  kind: '(' | ')' | '[' | ']' | 'word' | 'string' | 'end';
  /** A word as written; of a string, what it says. */
  text: string;
  /** Characters from the start, counted from 0. */
  at: number;
};

const MAX_BYTES = 4096;
const MAX_TOKENS = 500;
const MAX_DEPTH = 20;
const STEP = /\s*(?:([()[\]])|("(?:[^"\\]|\\.)*")|([^\s()[\]"]+))/y;

/**
 * Cuts a filter or path into tokens and holds it to its budget (4096 bytes, 500 tokens, 20 levels) before anything
 * recursive sees it.
 * @param code what the refusal is called: `invalidFilter` or `invalidPath`
 * @throws ScimError of that code, with the position
 */
export function tokenize(text: string, code: ScimErrorCode): Token[] {
  if (isLongerThan(text, MAX_BYTES)) {
    throw new ScimError(code, `The expression is longer than ${MAX_BYTES} bytes.`);
  }
  const source = text.trimEnd();
  const tokens: Token[] = [];
  let depth = 0;
  let at = 0;
  while (at < source.length) {
    STEP.lastIndex = at;
    const [whole, bracket, quoted, word] = STEP.exec(source) ?? [];
    if (whole === undefined) throw new ScimError(code, `A string is not closed at position ${at}.`);
    const end = at + whole.length;
    const text = bracket ?? quoted ?? word ?? '';
    const start = end - text.length;
    at = end;
    if (tokens.length >= MAX_TOKENS) throw new ScimError(code, `The expression has more than ${MAX_TOKENS} tokens.`);
    if (bracket === '(' || bracket === '[') depth++;
    if (bracket === ')' || bracket === ']') depth--;
    if (depth > MAX_DEPTH) throw new ScimError(code, `The expression is nested deeper than ${MAX_DEPTH} levels.`);
    if (bracket) tokens.push({ kind: bracket as Token['kind'], text, at: start });
    else if (quoted) tokens.push({ kind: 'string', text: unquote(quoted, start, code), at: start });
    else tokens.push({ kind: 'word', text, at: start });
  }
  return [...tokens, { kind: 'end', text: '', at: source.length }];
}

/** A string of RFC 7644 §3.4.2.2 is a JSON string, escapes included. */
function unquote(quoted: string, at: number, code: ScimErrorCode): string {
  let text: unknown;
  try {
    text = JSON.parse(quoted);
  } catch {
    throw new ScimError(code, `The string at position ${at} is not a JSON string.`);
  }
  if (typeof text !== 'string' || !isStorable(text)) {
    throw new ScimError(code, `The string at position ${at} holds characters that cannot be stored.`);
  }
  return text;
}
