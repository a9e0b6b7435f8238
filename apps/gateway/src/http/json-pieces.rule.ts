import { type Steps } from '@tidegate/scim';
import { randomUUID } from 'node:crypto';

/** Characters parsed at a time. */
const PIECE = 64 * 1024;

/** An open array or object during the scan; the first frame is the document. */
interface Frame {
  /** Position of its opening bracket. */
  at: number;
  /** Text of the current piece up to `from`, with nested containers already extracted. */
  head: string;
  from: number;
  /** Completed pieces between its brackets. */
  pieces: string[];
}

type Container = unknown[] | Record<string, unknown>;
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/**
 * Splits long JSON at the commas of its arrays and objects and parses it piece by piece, because JSON.parse of 16 MiB
 * blocks for a quarter of a second. Call `open`, `comma` and `close` for each such character outside of strings, in
 * order.
 */
export class JsonPieces {
  /** Placeholder for extracted text; random, so that clients cannot forge it. */
  private readonly mark = randomUUID();
  private readonly cut: { bracket: string; pieces: string[] }[] = [];
  private readonly frames: Frame[] = [{ at: -1, head: '', from: 0, pieces: [] }];
  private readonly isLong: boolean;

  constructor(private readonly text: string) {
    this.isLong = text.length > 2 * PIECE;
  }

  open(at: number): void {
    if (this.isLong) this.frames.push({ at, head: '', from: at + 1, pieces: [] });
  }

  comma(at: number): void {
    const frame = this.frames.at(-1)!;
    if (this.frames.length > 1 && frame.head.length + at - frame.from >= PIECE) this.endPiece(frame, at);
  }

  /** Unmatched brackets stay in the text, so that the parser refuses it. */
  close(at: number): void {
    if (this.frames.length === 1) return;
    const frame = this.frames.pop()!;
    const isCut = frame.pieces.length > 0;
    if (!isCut && frame.head === '') return;
    if (isCut) this.endPiece(frame, at);
    const parent = this.frames.at(-1)!;
    const inside = isCut ? this.cutOut(frame, this.text[at]!) : frame.head + this.text.slice(frame.from, at);
    parent.head += this.text.slice(parent.from, frame.at + 1) + inside;
    parent.from = at;
  }

  /** @throws SyntaxError when the text is not JSON */
  *parsed(): Steps<unknown> {
    yield;
    if (!this.isLong) return JSON.parse(this.text) as unknown;
    const [whole] = this.frames;
    if (this.frames.length > 1) throw new SyntaxError('A bracket is not closed.');
    return yield* this.filled(JSON.parse(whole!.head + this.text.slice(whole!.from)));
  }

  private endPiece(frame: Frame, at: number): void {
    const piece = frame.head + this.text.slice(frame.from, at);
    if (piece.trim() === '') throw new SyntaxError('A value is missing.');
    frame.pieces.push(piece);
    frame.head = '';
    frame.from = at + 1;
  }

  /** @returns the placeholder for the content of the brackets */
  private cutOut({ at, pieces }: Frame, closing: string): string {
    const bracket = this.text[at]!;
    if ((bracket === '[') !== (closing === ']')) throw new SyntaxError('Brackets do not match.');
    const index = this.cut.push({ bracket, pieces }) - 1;
    return bracket === '[' ? `"${this.mark}",${index}` : `"${this.mark}":${index}`;
  }

  /** Replaces placeholders in a parsed value by the extracted content. */
  private *filled(value: unknown): Steps<unknown> {
    if (!isContainer(value)) return value;
    const index = Array.isArray(value) ? value[0] === this.mark && value[1] : value[this.mark];
    if (typeof index === 'number') return yield* this.joined(index);
    const container = value as Record<string, unknown>;
    for (const name of Object.keys(container))
      if (isContainer(container[name])) container[name] = yield* this.filled(container[name]);
    return value;
  }

  private *joined(index: number): Steps<Container> {
    const { bracket, pieces } = this.cut[index]!;
    const items: unknown[] = [];
    const members: Record<string, unknown> = {};
    for (const piece of pieces) {
      yield;
      const parsed: unknown = JSON.parse(bracket === '[' ? `[${piece}]` : `{${piece}}`);
      const part = (piece.includes(this.mark) ? yield* this.filled(parsed) : parsed) as Container;
      if (Array.isArray(part)) for (const item of part) items.push(item);
      // Not by assignment, which treats `__proto__` specially.
      else Object.defineProperties(members, Object.getOwnPropertyDescriptors(part));
    }
    return bracket === '[' ? items : members;
  }
}
