import { CURSOR_SECONDS, ScimError } from '@tidegate/scim';
import { type CursorScope, type Position, readCursor, writeCursor } from './cursor.rule.js';

const ID = '0192f000-0000-7000-8000-000000000001';
const NOW = Date.parse('2026-03-01T12:00:00Z');
const scope = (change: Partial<CursorScope['query']> = {}, over: Partial<CursorScope> = {}): CursorScope => ({
  integrationId: 'acme',
  type: 'User',
  query: { baseUrl: 'https://tidegate.example.com', startIndex: 1, count: 10, sortBy: 'userName', ...change },
  now: NOW,
  ...over,
});
const at = (change: Partial<Position> = {}): Position => ({
  forward: true,
  key: 'alice',
  id: ID,
  inclusive: false,
  ...change,
});
const later = (seconds: number): CursorScope => scope({}, { now: NOW + seconds * 1000 });
/** A cursor with changed parts, as a client could send it. */
const forged = (change: (parts: unknown[]) => unknown) => {
  const parts = JSON.parse(Buffer.from(writeCursor(scope(), at()), 'base64url').toString()) as unknown[];
  return Buffer.from(JSON.stringify(change(parts))).toString('base64url');
};
const part = (index: number, value: unknown) => forged((parts) => parts.with(index, value));

const INVALID = expect.objectContaining({ code: 'invalidCursor' });

describe('a cursor', () => {
  it.each<[Position['key'], Parameters<typeof readCursor>[2]]>([
    ['alice', 'text'],
    ['', 'text'],
    ['Σ', 'text'],
    [ID, 'uuid'],
    ['2026-03-01T12:00:00.123Z', 'timestamptz'],
    [true, 'boolean'],
    [42.5, 'jsonb'],
    [false, 'jsonb'],
    [null, 'text'],
    [null, undefined],
  ])('can be decoded to the position with the key %j of type %s', (key, type) => {
    for (const position of [at({ key }), at({ key, forward: false, inclusive: true })])
      expect(readCursor(scope(), writeCursor(scope(), position), type)).toEqual(position);
  });

  it('needs no encoding in a URL', () => {
    expect(writeCursor(scope(), at({ key: '/+?&Σ' }))).toMatch(/^[\w-]+$/);
  });

  it.each<[string, CursorScope]>([
    ['another integration', scope({}, { integrationId: 'other' })],
    ['another type', scope({}, { type: 'Group' })],
    ['another filter', scope({ filter: 'active eq true' })],
    ['another order', scope({ sortBy: 'id' })],
    ['another direction', scope({ sortOrder: 'descending' })],
  ])('is refused by a list with %s', (_, other) => {
    expect(() => readCursor(other, writeCursor(scope(), at()), 'text')).toThrow(INVALID);
  });

  it('is accepted by the same list with another page size, and with the default order as a parameter', () => {
    const cursor = writeCursor(scope(), at());
    for (const same of [scope({ count: 3 }), scope({ startIndex: 7 }), scope({ sortOrder: 'ascending' })])
      expect(readCursor(same, cursor, 'text')).toEqual(at());
  });

  it('is accepted during its lifetime and expired afterwards', () => {
    const cursor = writeCursor(scope(), at());
    expect(readCursor(later(CURSOR_SECONDS), cursor, 'text')).toEqual(at());
    expect(() => readCursor(later(CURSOR_SECONDS + 1), cursor, 'text')).toThrow(
      expect.objectContaining({ code: 'expiredCursor' }),
    );
  });

  it('is accepted from a process whose clock is at most one minute ahead', () => {
    const cursor = writeCursor(scope(), at());
    expect(readCursor(later(-60), cursor, 'text')).toEqual(at());
    expect(() => readCursor(later(-61), cursor, 'text')).toThrow(INVALID);
  });

  it.each<[string, string]>([
    ['other text', 'nope'],
    ['empty text', ''],
    ['an object', forged(() => ({}))],
    ['null', forged(() => null)],
    ['a missing part', forged((parts) => parts.slice(0, -1))],
    ['an additional part', forged((parts) => [...parts, 1])],
    ['another fingerprint', part(0, 'x')],
    ['no fingerprint', part(0, null)],
    ['a time as a string', part(1, String(NOW / 1000))],
    ['no time', part(1, null)],
    ['a direction that is not a boolean', part(2, 1)],
    ['an invalid id', part(4, 'x')],
    ['an id that is not a string', part(4, 7)],
    ['a string for `inclusive`', part(5, 'true')],
  ])('is refused with %s', (_, cursor) => {
    expect(() => readCursor(scope(), cursor, 'text')).toThrow(ScimError);
    expect(() => readCursor(scope(), cursor, 'text')).toThrow(INVALID);
  });

  it.each<[Position['key'] | object, Parameters<typeof readCursor>[2]]>([
    ['x', undefined],
    [7, 'text'],
    ['a\0', 'text'],
    ['x', 'uuid'],
    ['2026-03-01', 'timestamptz'],
    ['2026-13-01T00:00:00.000Z', 'timestamptz'],
    [1, 'timestamptz'],
    ['true', 'boolean'],
    ['7', 'jsonb'],
    [{}, 'jsonb'],
    [[], 'text'],
  ])('is refused with the key %j for the type %s', (key, type) => {
    expect(() => readCursor(scope(), part(3, key), type)).toThrow(INVALID);
  });
});
