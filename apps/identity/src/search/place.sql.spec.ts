import { GROUP, resolveAttribute, type ResourceType, USER } from '@tidegate/scim';
import { type Value } from './columns.sql.js';
import { placeOf } from './place.sql.js';
import { Statement } from './statement.sql.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** The SQL for a condition on an attribute and for its first value. A value is printed as its kind and SQL. */
function found(path: string, type: ResourceType = USER) {
  const place = () =>
    placeOf(new Statement(type, 'acme', 'https://tidegate.example.com'), resolveAttribute(type, path)!);
  const printed = (value: Value): string => {
    if (value.kind === 'parts') return 'parts';
    return value.kind === 'json' ? `json ${value.document} ${value.path.join('.')}` : `${value.kind} ${value.sql}`;
  };
  const oneLine = (sql: string) => sql.replace(/\s+/g, ' ').trim();
  return {
    name: place().attribute.name,
    some: oneLine(place().some((value) => `<${printed(value)}>`, { wanted: true })),
    first: oneLine(place().first((value) => `<${printed(value)}>`)),
  };
}

describe('a single-valued attribute is found', () => {
  it.each<[string, ResourceType, string]>([
    ['userName', USER, '<text r.user_name_key>'],
    ['displayName', GROUP, '<text r.display_name_key>'],
    ['id', GROUP, '<id r.id>'],
    ['active', USER, '<boolean r.active>'],
    ['meta.created', USER, '<time r.created_at>'],
    ['meta.location', GROUP, '<text ($2::text || r.id::text)>'],
    ['meta', USER, '<parts>'],
    ['title', USER, '<json r.keys title>'],
    ['name.givenName', USER, '<json r.keys name.givenName>'],
    [`${ENTERPRISE}:department`, USER, `<json r.keys ${ENTERPRISE}.department>`],
    [`${ENTERPRISE}:manager.value`, USER, `<json r.keys ${ENTERPRISE}.manager.value>`],
  ])('%s', (path, type, value) => {
    const { some, first } = found(path, type);
    expect([some, first]).toEqual([value, value]);
  });
});

describe('a multi-valued attribute is found', () => {
  it('in all elements of an array, and its first value is the primary or first element', () => {
    const { name, some, first } = found('phoneNumbers.value');
    expect(name).toBe('value');
    expect(some).toMatch(
      /^EXISTS \(SELECT 1 FROM jsonb_array_elements\(CASE jsonb_typeof\(.*WHERE <json i1\.value value>\)$/,
    );
    expect(first).toMatch(
      /^\(SELECT <json i1\.value value> FROM .* ORDER BY coalesce\(i1\.value -> 'primary' = 'true', false\) DESC, i1\.n LIMIT 1\)$/,
    );
  });

  it('in the rows of a table, filtered by the integration', () => {
    const { some, first } = found('members.value', GROUP);
    expect(some).toMatch(/^r\.id IN \(SELECT i1\.owner FROM \(.*\) AS i1 WHERE <id i1\.id>\)$/);
    expect(first).toMatch(/^\(SELECT <id i1\.id> FROM \(.*group_id = r\.id.*\) AS i1 ORDER BY i1\.id LIMIT 1\)$/);
    const tables = (sql: string, pattern: RegExp) => sql.match(pattern)?.length;
    for (const sql of [some, first])
      expect(tables(sql, /integration_id = \$1/g)).toBe(tables(sql, /FROM identity\.\w+/g));
  });

  it('in the list of schemas: the core schema, and extensions that have values', () => {
    const { some, first } = found('schemas');
    expect(some).toMatch(/unnest\(\$2::text\[\]\).*\(i1\.n = 1 OR r\.keys \? i1\.urn\) AND \(<text i1\.urn>\)/);
    expect(first).toMatch(/^<text \$\d::text>$/);
  });
});

describe('the hint of a condition', () => {
  const some = (path: string, type: ResourceType, hint: { value?: string; wanted: boolean }) => {
    const statement = new Statement(type, 'acme', 'https://tidegate.example.com');
    return placeOf(statement, resolveAttribute(type, path)!).some(() => 'c', hint);
  };
  const ID = '0192f000-0000-7000-8000-000000000001';

  it.each<[string, ResourceType, { value?: string; wanted: boolean }, string, boolean]>([
    ['emails', USER, { wanted: true, value: 'a@x' }, 'identity.user_emails', true],
    ['emails', USER, { wanted: false, value: 'a@x' }, 'identity.user_emails', false],
    ['emails', USER, { wanted: true }, 'identity.user_emails', false],
    ['phoneNumbers', USER, { wanted: true, value: 'a@x' }, 'identity.user_emails', false],
    ['members', GROUP, { wanted: true, value: ID }, 'r.id = ANY (ARRAY(', true],
    ['members', GROUP, { wanted: false, value: ID }, 'r.id = ANY (ARRAY(', false],
    ['members', GROUP, { wanted: true, value: 'x' }, 'r.id = ANY (ARRAY(', false],
  ])('on %s (%#) is used when it is selective', (path, type, hint, sql, expected) => {
    expect(some(path, type, hint).includes(sql)).toBe(expected);
  });
});

it('meta.version is refused', () => {
  const statement = new Statement(USER, 'acme', 'https://tidegate.example.com');
  const place = placeOf(statement, resolveAttribute(USER, 'meta.version')!);
  expect(() => place.some(() => '', { wanted: true })).toThrow(expect.objectContaining({ code: 'invalidFilter' }));
});
