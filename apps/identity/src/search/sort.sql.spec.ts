import { GROUP, type ResourceType, USER } from '@tidegate/scim';
import { type SortKey, sortKeyOf } from './sort.sql.js';
import { Statement } from './statement.sql.js';

function keyOf(sortBy: string, type: ResourceType = USER) {
  const statement = new Statement(type, 'acme', 'https://tidegate.example.com');
  return { ...sortKeyOf(statement, sortBy), binds: statement.binds.slice(1) };
}

describe('a list is sorted', () => {
  it.each<[string, ResourceType, string | RegExp, SortKey['type'], boolean, unknown[]]>([
    ['userName', USER, '(r.user_name_key COLLATE "C")', 'text', false, []],
    ['USERNAME', USER, '(r.user_name_key COLLATE "C")', 'text', false, []],
    ['displayName', GROUP, '(r.display_name_key COLLATE "C")', 'text', true, []],
    ['externalId', USER, '(r.external_id COLLATE "C")', 'text', true, []],
    ['id', GROUP, 'r.id', 'uuid', false, []],
    ['active', USER, 'r.active', 'boolean', false, []],
    ['meta.created', USER, 'r.created_at', 'timestamptz', false, []],
    ['meta.lastModified', GROUP, 'r.last_modified_at', 'timestamptz', false, []],
    ['title', USER, '((r.keys #>> $2::text[]) COLLATE "C")', 'text', true, [['title']]],
    ['name.familyName', USER, '((r.keys #>> $2::text[]) COLLATE "C")', 'text', true, [['name', 'familyName']]],
    ['emails', USER, /^\(\(SELECT .*'primary'.* LIMIT 1\) COLLATE "C"\)$/, 'text', true, [['emails'], ['value']]],
    [
      'emails.primary',
      USER,
      /^\(SELECT CASE jsonb_typeof\(.*\) WHEN 'boolean' THEN/,
      'jsonb',
      true,
      [['emails'], ['primary']],
    ],
    ['members', GROUP, /^\(SELECT i1\.id FROM \([^]*\) AS i1 ORDER BY i1\.id LIMIT 1\)$/, 'uuid', true, []],
  ])('by %s (%#)', (sortBy, resource, sql, type, nullable, binds) => {
    expect(keyOf(sortBy, resource)).toEqual({
      sql: typeof sql === 'string' ? sql : expect.stringMatching(sql),
      type,
      nullable,
      binds,
    });
  });

  it.each<[string, ResourceType]>([
    ['nope', USER],
    ['userName', GROUP],
    ['members', USER],
    ['name', USER],
    ['meta.version', USER],
    ['', USER],
    ['r.id; DROP TABLE identity.users', USER],
  ])('but not by %j (%#)', (sortBy, type) => {
    expect(() => keyOf(sortBy, type)).toThrow(expect.objectContaining({ code: 'invalidValue' }));
  });
});
