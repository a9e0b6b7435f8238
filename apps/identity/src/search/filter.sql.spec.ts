import { GROUP, parseFilter, type ResourceType, USER } from '@tidegate/scim';
import { conditionOf } from './filter.sql.js';
import { Statement } from './statement.sql.js';

const ID = '0192f000-0000-7000-8000-000000000001';

/** The condition of a filter with normalized spaces, and its bind parameters after the integration. */
function compiled(filter: string, type: ResourceType = USER) {
  const statement = new Statement(type, 'acme', 'https://tidegate.example.com');
  const sql = conditionOf(statement, parseFilter(filter, 'okta')).replace(/\s+/g, ' ');
  return { sql, binds: statement.binds.slice(1) };
}

describe('the condition of a filter', () => {
  it.each<[string, string, unknown[]]>([
    ['userName eq "Alice"', 'r.user_name_key = $2::text', ['alice']],
    ['userName ne "alice"', 'NOT coalesce((r.user_name_key = $2::text), false)', ['alice']],
    ['userName pr', `r.user_name_key <> ''`, []],
    ['not (userName pr)', `NOT coalesce((r.user_name_key <> ''), false)`, []],
    ['active eq false', 'r.active = $2::boolean', [false]],
    [`id eq "${ID}"`, 'r.id = $2::uuid', [ID]],
    ['id eq "x"', 'false', []],
    ['id sw "01"', 'starts_with(r.id::text, $2::text)', ['01']],
    ['title co "x"', 'strpos((r.keys #>> $2::text[]), $3::text) > 0', [['title'], 'x']],
    ['title ne null', `(r.keys #> $2::text[]) NOT IN ('null', '""', '{}')`, [['title']]],
    ['title eq null', `NOT coalesce(((r.keys #> $2::text[]) NOT IN ('null', '""', '{}')), false)`, [['title']]],
    ['meta.created gt "2026-01-01T00:00:00Z"', 'r.created_at > $2::timestamptz', ['2026-01-01T00:00:00.000Z']],
    [
      'userName gt "a" and (active eq false or userName pr)',
      `(r.user_name_key COLLATE "C" > $2::text) AND ((r.active = $3::boolean) OR (r.user_name_key <> ''))`,
      ['a', false],
    ],
    [
      'name[givenName eq "Alice"]',
      `(r.keys #> $4::text[]) NOT IN ('null', '""', '{}') AND ((r.keys #>> $2::text[]) = $3::text)`,
      [['name', 'givenName'], 'alice', ['name']],
    ],
  ])('%s', (filter, sql, binds) => {
    expect(compiled(filter)).toEqual({ sql, binds });
  });

  it('a multi-valued attribute is unnested once for all conditions in brackets', () => {
    const { sql, binds } = compiled('photos[type eq "photo" and value co "x"]');
    expect(sql).toMatch(
      /^EXISTS \(SELECT 1 FROM jsonb_array_elements\(.* AS i1 \(value\) WHERE \(\(i1\..*\) AND \(.*i1\./,
    );
    expect(sql.match(/jsonb_array_elements/g)).toHaveLength(1);
    expect(binds).toEqual([['photos'], ['type'], 'photo', ['value'], expect.any(String)]);
  });

  it('a complex attribute without a sub-attribute is compared by its value', () => {
    expect(compiled('photos co "x"')).toEqual(compiled('photos.value co "x"'));
  });
});

describe('the index of e-mail addresses and the table of members', () => {
  const LOOKED_UP = /identity\.user_emails WHERE integration_id = \$1 AND value_key = /;
  it.each<[string, boolean]>([
    ['emails.value eq "a@x"', true],
    ['emails eq "a@x"', true],
    ['emails[value eq "a@x"]', true],
    ['emails[type eq "work" and value eq "a@x"]', true],
    ['emails[type eq "work" or value eq "a@x"]', false],
    ['emails[not (value eq "a@x")]', false],
    ['emails.value co "a@x"', false],
    ['emails.value ne "a@x"', false],
    ['not (emails.value eq "a@x")', false],
    ['emails.type eq "work"', false],
    ['photos.value eq "a@x"', false],
  ])('%s: uses the index of addresses: %s', (filter, expected) => {
    expect(LOOKED_UP.test(compiled(filter).sql)).toBe(expected);
  });

  it.each<[string, RegExp]>([
    [
      `members.value eq "${ID}"`,
      /^r\.id = ANY \(ARRAY\(.* AND user_id = \$2::uuid .* AND member_id = \$2::uuid\) AS i1 WHERE/,
    ],
    [`not (members.value eq "${ID}")`, /^NOT coalesce\(\(r\.id IN \(.* AND user_id = \$2::uuid/],
    ['members.value eq "x"', /^r\.id IN \((?!.*user_id = ).* WHERE false\)$/],
    ['members.type eq "User"', /^r\.id IN \((?!.*user_id = )/],
  ])('is used for %s', (filter, sql) => {
    expect(compiled(filter, GROUP).sql).toMatch(sql);
  });
});

describe('text of a filter never becomes part of the SQL', () => {
  const TEXT = `x') OR true; --`;
  it.each(['userName', 'title', 'emails.value', 'id', 'externalId', 'groups.display', 'schemas', 'meta.location'])(
    'with %s',
    (attribute) => {
      for (const operator of ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']) {
        const { sql } = compiled(`${attribute} ${operator} "${TEXT}"`);
        expect(sql).not.toMatch(/true;|--/i);
      }
    },
  );
});

it.each([
  'nope eq "x"',
  'active gt true',
  'members pr',
  'meta.version eq "x"',
  'emails.nope eq "x"',
  'emails[nope eq "x"]',
])('%s is refused', (filter) => {
  expect(() => compiled(filter)).toThrow(expect.objectContaining({ code: 'invalidFilter' }));
});
