import { type ScimErrorCode, ScimError } from '../errors.js';
import { type Dialect } from '../dialects.js';
import { tolerates } from '../quirks.js';
import { DEFAULT_PROFILE } from '../schema/profile.js';
import { type AttributePath, readAttributePath } from '../schema/resolve.js';
import { COMPARE_OPERATORS, type CompareOperator, type Filter, type Literal, type PatchPath } from './ast.js';
import { type Token, tokenize } from './tokens.js';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const CONSTANTS = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Parses a filter (RFC 7644 §3.4.2.2 figure 1). Operators and attribute names are not case-sensitive.
 * @param dialect of the integration: with `comparisonAfterBrackets`, `emails[type eq "work"].value eq "x"` is read as
 *   `emails[type eq "work" and value eq "x"]`
 * @throws ScimError invalidFilter with the position of the error
 */
export function parseFilter(text: string, dialect: Dialect = DEFAULT_PROFILE.dialect): Filter {
  const parser = new Parser(tokenize(text, 'invalidFilter'), 'invalidFilter', dialect);
  const filter = parser.disjunction(false);
  parser.expectEnd();
  return filter;
}

/**
 * Parses the path of a PATCH operation (RFC 7644 §3.5.2 figure 7): `attr`, `attr.sub`, `urn:attr`, `attr[filter]`,
 * `attr[filter].sub`. The sub-attribute is in `path.sub` in both forms.
 * @throws ScimError invalidPath with the position of the error
 */
export function parsePath(text: string): PatchPath {
  const parser = new Parser(tokenize(text, 'invalidPath'), 'invalidPath');
  const result = parser.patchPath();
  parser.expectEnd();
  return result;
}

/** Recursive descent; `tokenize` limits the nesting and so the recursion. */
class Parser {
  private position = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly code: ScimErrorCode,
    private readonly dialect: Dialect = DEFAULT_PROFILE.dialect,
  ) {}

  disjunction(inValue: boolean): Filter {
    return this.chain('or', () => this.chain('and', () => this.term(inValue)));
  }

  patchPath(): PatchPath {
    const path = this.attributePath();
    if (this.peek().kind !== '[') return { path };
    if (path.sub !== undefined) this.fail('A sub-attribute cannot have a value filter', this.peek());
    const filter = this.bracketed();
    const sub = this.subAfterBracket();
    return { path: sub === undefined ? path : { ...path, sub }, filter };
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') this.fail('Unexpected text', this.peek());
  }

  /** `and` binds more tightly than `or` (RFC 7644 §3.4.2.2), so the operands of `or` are chains of `and`. */
  private chain(kind: 'and' | 'or', operand: () => Filter): Filter {
    const operands = [operand()];
    while (this.peek().kind === 'word' && this.peek().text.toLowerCase() === kind) {
      this.next();
      operands.push(operand());
    }
    return operands.length === 1 ? operands[0]! : { kind, operands };
  }

  private term(inValue: boolean): Filter {
    const token = this.peek();
    if (token.kind === '(') return this.group(inValue);
    if (token.kind === 'word' && token.text.toLowerCase() === 'not' && this.tokens[this.position + 1]?.kind === '(') {
      this.next();
      return { kind: 'not', operand: this.group(inValue) };
    }
    const path = this.attributePath();
    if (this.peek().kind === '[') {
      if (inValue) this.fail('A value filter cannot contain another value filter', this.peek());
      if (path.sub !== undefined) this.fail('A sub-attribute cannot have a value filter', this.peek());
      return this.valuePath(path);
    }
    return this.comparison(path);
  }

  private group(inValue: boolean): Filter {
    this.expect('(');
    const filter = this.disjunction(inValue);
    this.expect(')');
    return filter;
  }

  private valuePath(path: AttributePath): Filter {
    const filter = this.bracketed();
    if (!tolerates(this.dialect, 'comparisonAfterBrackets')) return { kind: 'valuePath', path, filter };
    const sub = this.subAfterBracket();
    if (sub === undefined) return { kind: 'valuePath', path, filter };
    return {
      kind: 'valuePath',
      path,
      filter: { kind: 'and', operands: [filter, this.comparison({ attribute: sub })] },
    };
  }

  private bracketed(): Filter {
    this.expect('[');
    const filter = this.disjunction(true);
    this.expect(']');
    return filter;
  }

  private subAfterBracket(): string | undefined {
    const token = this.peek();
    if (token.kind !== 'word' || !token.text.startsWith('.')) return undefined;
    this.next();
    const sub = readAttributePath(token.text.slice(1));
    if (!sub || sub.urn !== undefined || sub.sub !== undefined) this.fail('Expected a sub-attribute name', token);
    return sub.attribute;
  }

  private comparison(path: AttributePath): Filter {
    const token = this.expect('word');
    const operator = token.text.toLowerCase();
    if (operator === 'pr') return { kind: 'present', path };
    if (!COMPARE_OPERATORS.includes(operator as CompareOperator))
      this.fail('Expected a comparison operator such as "eq"', token);
    return { kind: 'compare', path, operator: operator as CompareOperator, value: this.literal() };
  }

  private literal(): Literal {
    const token = this.next();
    if (token.kind === 'string') return token.text;
    const constant = token.kind === 'word' ? CONSTANTS.get(token.text.toLowerCase()) : undefined;
    if (constant !== undefined) return constant;
    const number = token.kind === 'word' && NUMBER.test(token.text) ? Number(token.text) : NaN;
    if (!Number.isFinite(number)) this.fail('Expected a string in double quotes, a number, true, false or null', token);
    return number === 0 ? 0 : number;
  }

  private attributePath(): AttributePath {
    const token = this.expect('word');
    return readAttributePath(token.text) ?? this.fail('Expected an attribute name', token);
  }

  private peek(): Token {
    return this.tokens[this.position]!;
  }

  private next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.position++;
    return token;
  }

  private expect(kind: Token['kind']): Token {
    const token = this.next();
    if (token.kind !== kind) this.fail(kind === 'word' ? 'Expected a name' : `Expected "${kind}"`, token);
    return token;
  }

  private fail(what: string, token: Token): never {
    throw new ScimError(this.code, `${what} at position ${token.at}.`);
  }
}
