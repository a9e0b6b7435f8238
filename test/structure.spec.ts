import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const APPS = ['gateway', 'identity', 'access-flow'];
/** They start an app or its migrations, or list its classes. */
const ENTRIES = new Set(['create.ts', 'main.ts', 'migrate.ts']);

const read = (path: string) => readFileSync(path, 'utf8');
const files = APPS.flatMap((app) =>
  readdirSync(`apps/${app}/src`, { recursive: true, encoding: 'utf8' }).map((path) => join('apps', app, 'src', path)),
).filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.includes('/migrations/'));

/** @returns the suffix of a file: `queries` for `users.queries.ts`, undefined for `roles.ts` */
const suffixOf = (path: string): string | undefined => /\.([\w-]+)\.ts$/.exec(basename(path))?.[1];
const withSuffix = (suffix: string): string[] => files.filter((path) => suffixOf(path) === suffix);

/** The table of suffixes in docs/architecture.md. */
const ROLES = [...read('docs/architecture.md').matchAll(/^\| `\*\.([\w-]+)\.ts` /gm)].map(([, suffix]) => suffix!);

const withoutComments = (text: string): string => text.replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
const hasClass = (text: string): boolean => /^\s*(export )?(default )?(abstract )?class \w|= class\b/m.test(text);
const SQL =
  /\b(SELECT [\w(*$'"]|INSERT INTO |UPDATE [\w.]+ SET |DELETE FROM |TRUNCATE |WHERE \w|ORDER BY |COLLATE |IS (NOT )?NULL\b|= ANY \()/;
const hasSql = (text: string): boolean => SQL.test(text);

/** @returns the modules that a file imports; types alone do not count, because they do nothing */
const importsOf = (text: string): string[] =>
  [...text.matchAll(/^import (type )?(.*?) from '(.+?)';/gms)]
    .filter(([, type, names = '']) => !type && !/^\{\s*(type \w+,?\s*)*\}$/.test(names))
    .map(([, , , path]) => path!);

describe('a file of a service', () => {
  it.each([
    ['export class Users {}', true],
    ['const View = class {};', true],
    ['/** The class of a user. */\nexport const users = 1;', false],
  ])('has a class: %j is %s', (text, expected) => expect(hasClass(withoutComments(text))).toBe(expected));

  it.each([
    ['tx.run(`DELETE FROM identity.users`)', true],
    ['`${key} IS NOT NULL`', true],
    ["lockFlow(tx, id, 'UPDATE')", false],
    ['/** SELECT 1 */', false],
  ])('has SQL: %j is %s', (text, expected) => expect(hasSql(withoutComments(text))).toBe(expected));

  it.each([
    ["import { type Tx } from '@tidegate/database';", []],
    ["import { type Tx, Database } from '@tidegate/database';", ['@tidegate/database']],
    ["import {\n  type A,\n  type B,\n} from './users.queries.js';", []],
  ])('imports: %j are %j', (text, expected) => expect(importsOf(text)).toEqual(expected));
});

describe('the suffix of a file', () => {
  it('is in the table of docs/architecture.md', () => {
    expect(ROLES).toContain('queries');
    const used = new Set(files.map(suffixOf).filter((suffix) => suffix !== undefined));
    expect([...used].filter((suffix) => !ROLES.includes(suffix))).toEqual([]);
    expect(ROLES.filter((suffix) => !used.has(suffix))).toEqual([]);
  });

  it('is there if the file has a class or SQL', () => {
    const nameless = files.filter((path) => suffixOf(path) === undefined && !ENTRIES.has(basename(path)));
    const needsRole = (path: string) => {
      const code = withoutComments(read(path));
      return hasClass(code) || hasSql(code);
    };
    expect(nameless.filter(needsRole)).toEqual([]);
  });
});

describe('a rule', () => {
  it.each(withSuffix('rule'))('%s contains no SQL and imports no database', (path) => {
    const code = withoutComments(read(path));
    expect(SQL.exec(code)?.[0]).toBeUndefined();
    expect(code).not.toMatch(/'(@tidegate\/database|pg|typeorm)'/);
    expect(importsOf(code).filter((module) => /\.(queries|sql|service)\.js$/.test(module))).toEqual([]);
  });
});

it('files with queries publish no events', () => {
  expect(withSuffix('queries').filter((path) => /\brecordEvents\(/.test(read(path)))).toEqual([]);
});

it('benchmarks call methods of the API client that exist', () => {
  const client = read('apps/okta-simulator/src/demo/admin-api.ts');
  const called = readdirSync('bench').flatMap((file) => [...read(join('bench', file)).matchAll(/\bapi\.(\w+)\(/g)]);
  expect(called.length).toBeGreaterThan(0);
  expect(called.map(([, method]) => method!).filter((method) => !client.includes(`\n  ${method}(`))).toEqual([]);
});
