import { resolveAttribute, USER } from '@tidegate/scim';
import { type Value } from './columns.sql.js';
import { comparison, presence, textOf } from './comparison.sql.js';
import { Statement } from './statement.sql.js';

const ID = '0192f000-0000-7000-8000-000000000001';
const attribute = (path: string) => {
  const { attribute, sub } = resolveAttribute(USER, path)!;
  return sub ?? attribute;
};
const TITLE = attribute('title');
const CREATED = attribute('meta.created');
const PRIMARY = attribute('emails.primary');

const TEXT: Value = { kind: 'text', sql: 't' };
const UUID: Value = { kind: 'id', sql: 'r.id' };
const TIME: Value = { kind: 'time', sql: 'r.created_at' };
const BOOLEAN: Value = { kind: 'boolean', sql: 'r.active' };
const JSON_VALUE: Value = { kind: 'json', document: 'd', path: ['p'] };
const PARTS: Value = { kind: 'parts', part: () => TEXT };

const statement = () => new Statement(USER, 'acme', 'https://tidegate.example.com');
type Args = Parameters<typeof comparison> extends [Statement, ...infer Rest] ? Rest : never;
function compared(...args: Args) {
  const current = statement();
  return { sql: comparison(current, ...args), binds: current.binds.slice(1) };
}

describe('the SQL of a comparison', () => {
  it.each<[string, Args, string, unknown[]]>([
    ['eq', [TEXT, TITLE, 'eq', 'x'], 't = $2::text', ['x']],
    ['co', [TEXT, TITLE, 'co', 'x'], 'strpos(t, $2::text) > 0', ['x']],
    ['sw', [TEXT, TITLE, 'sw', 'x'], 'starts_with(t, $2::text)', ['x']],
    ['ew', [TEXT, TITLE, 'ew', 'x'], 'right(t, length($2::text)) = $2::text', ['x']],
    ['gt', [TEXT, TITLE, 'gt', 'x'], 't COLLATE "C" > $2::text', ['x']],
    ['ge', [TEXT, TITLE, 'ge', 'x'], 't COLLATE "C" >= $2::text', ['x']],
    ['lt', [TEXT, TITLE, 'lt', 'x'], 't COLLATE "C" < $2::text', ['x']],
    ['le', [TEXT, TITLE, 'le', 'x'], 't COLLATE "C" <= $2::text', ['x']],
    ['a valid id', [UUID, TITLE, 'eq', ID], 'r.id = $2::uuid', [ID]],
    ['an invalid id', [UUID, TITLE, 'eq', 'x'], 'false', []],
    ['a part of an id', [UUID, TITLE, 'co', ID], 'strpos(r.id::text, $2::text) > 0', [ID]],
    ['a boolean', [BOOLEAN, PRIMARY, 'eq', true], 'r.active = $2::boolean', [true]],
    ['a time', [TIME, CREATED, 'ge', 0], 'r.created_at >= $2::timestamptz', ['1970-01-01T00:00:00.000Z']],
    [
      'a time before the supported range',
      [TIME, CREATED, 'lt', -1e15],
      'r.created_at < $2::timestamptz',
      ['1901-01-01T00:00:00.000Z'],
    ],
    [
      'a time after the supported range',
      [TIME, CREATED, 'gt', 1e15],
      'r.created_at > $2::timestamptz',
      ['9999-01-01T00:00:00.000Z'],
    ],
    ['a string in a document', [JSON_VALUE, TITLE, 'eq', 'x'], '(d #>> $2::text[]) = $3::text', [['p'], 'x']],
    [
      'a boolean in a document, with a check of its type',
      [JSON_VALUE, PRIMARY, 'eq', false],
      `(jsonb_typeof((d #> $2::text[])) = 'boolean' AND (d #> $2::text[]) = to_jsonb($3::boolean))`,
      [['p'], false],
    ],
    [
      'a time in a document, in milliseconds',
      [JSON_VALUE, CREATED, 'le', 7],
      `(jsonb_typeof((d #> $2::text[])) = 'number' AND (d #> $2::text[]) <= to_jsonb($3::numeric))`,
      [['p', 'at'], 7],
    ],
  ])('%s', (_, args, sql, binds) => {
    expect(compared(...args)).toEqual({ sql, binds });
  });

  it.each<[string, Args]>([
    ['a number with a text column', [TEXT, TITLE, 'eq', 7]],
    ['a boolean with a time column', [TIME, CREATED, 'eq', true]],
    ['ew with a number', [TIME, CREATED, 'ew', 7]],
    ['a string with a boolean column', [BOOLEAN, PRIMARY, 'eq', 'x']],
    ['a string with a complex value', [PARTS, TITLE, 'eq', 'x']],
  ])('of %s throws an internal error', (_, args) => {
    expect(() => compared(...args)).toThrow('this is a bug');
  });
});

it.each<[Value, string]>([
  [TEXT, "t <> ''"],
  [UUID, 'r.id IS NOT NULL'],
  [TIME, 'r.created_at IS NOT NULL'],
  [BOOLEAN, 'r.active IS NOT NULL'],
  [JSON_VALUE, `(d #> $2::text[]) NOT IN ('null', '""', '{}')`],
  [PARTS, 'true'],
])('the presence of %j is %s', (value, sql) => {
  expect(presence(statement(), value)).toBe(sql);
});

it('a time is compared as text in the format of responses', () => {
  expect(textOf(statement(), TIME, CREATED)).toContain(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`);
  const current = statement();
  expect([textOf(current, JSON_VALUE, CREATED), current.binds[1]]).toEqual(['(d #>> $2::text[])', ['p', 'text']]);
});
