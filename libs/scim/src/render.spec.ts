import { attribute } from './schema/attribute.js';
import {
  equalAttributes,
  foldCase,
  GROUP,
  listResponse,
  normalizedUserName,
  parseResource,
  project,
  renderResource,
  type ScimAttributes,
  SCIM_ERRORS,
  ScimError,
  scimErrorBody,
  USER,
  userStateOf,
  wantsAttribute,
} from './index.js';
import fc from 'fast-check';
import { type Rendering } from './render.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const BASE = 'https://tidegate.example/scim/v2/1';
const rendering: Rendering = {
  id: '1',
  attributes: {
    userName: 'Alice',
    password: 'never stored or shown',
    name: { givenName: 'Alice', familyName: 'Jones' },
    emails: [{ value: 'a@example.com', type: 'work' }, { type: 'home' }],
    [ENTERPRISE]: { department: 'Tax', division: 'D' },
  },
  location: `${BASE}/Users/1`,
  createdAt: '2026-01-01T00:00:00.000Z',
  lastModifiedAt: '2026-01-02T00:00:00.000Z',
  version: 3,
  extra: { active: true, groups: [{ value: 'g', display: 'admins' }] },
};
const rendered = renderResource(USER, rendering);

test('a resource is rendered with schemas, id, attributes, extra and meta, without the password', () => {
  expect(rendered).toEqual({
    schemas: [CORE, ENTERPRISE],
    id: '1',
    userName: 'Alice',
    name: { givenName: 'Alice', familyName: 'Jones' },
    emails: [{ value: 'a@example.com', type: 'work' }, { type: 'home' }],
    [ENTERPRISE]: { department: 'Tax', division: 'D' },
    active: true,
    groups: [{ value: 'g', display: 'admins' }],
    meta: {
      resourceType: 'User',
      created: '2026-01-01T00:00:00.000Z',
      lastModified: '2026-01-02T00:00:00.000Z',
      location: `${BASE}/Users/1`,
      version: 'W/"3"',
    },
  });
});

test('attributes that left their schema are not shown, nor extensions without other attributes', () => {
  const [first, second] = ['urn:example:First', 'urn:example:Second'];
  const attributes = [attribute('badge', '')];
  const extensions = [first, second].map((id) => ({ id, name: id, description: '', attributes }));
  const kept: ScimAttributes = {
    userName: 'alice',
    [first]: { badge: '7', desk: 'A' },
    [second]: { desk: 'A' },
    'urn:example:Gone': {},
  };
  const { meta: _, ...shown } = renderResource({ ...USER, extensions }, { ...rendering, attributes: kept, extra: {} });
  expect(shown).toEqual({ schemas: [CORE, first], id: '1', userName: 'alice', [first]: { badge: '7' } });
});

test('parsing a rendered resource gives the stored attributes', () => {
  const kept = { displayName: 'admins', externalId: 'x' };
  const shown = renderResource(GROUP, {
    id: '1',
    attributes: kept,
    location: '',
    createdAt: '',
    lastModifiedAt: '',
    version: 1,
  });
  expect(parseResource(GROUP, shown)).toEqual(kept);
});

const { schemas, id, ...rest } = rendered;
test.each<[string, Record<string, string>, Record<string, unknown>]>([
  ['no parameters', {}, rendered],
  ['an empty list', { attributes: '', excludedAttributes: ' ' }, rendered],
  ['attributes in any case', { attributes: 'USERNAME, active' }, { schemas, id, userName: 'Alice', active: true }],
  [
    'sub-attributes',
    { attributes: 'name.givenName,emails.value' },
    { schemas, id, name: { givenName: 'Alice' }, emails: [{ value: 'a@example.com' }] },
  ],
  ['an attribute and its sub-attribute', { attributes: 'name.givenName,name' }, { schemas, id, name: rest['name'] }],
  [
    'by URN',
    { attributes: `${CORE}:userName,${ENTERPRISE}:department` },
    { schemas, id, userName: 'Alice', [ENTERPRISE]: { department: 'Tax' } },
  ],
  ['a whole extension', { attributes: ENTERPRISE }, { schemas, id, [ENTERPRISE]: rest[ENTERPRISE] }],
  ['unknown names', { attributes: '__proto__,shoeSize,constructor' }, { schemas, id }],
  [
    'attributes and excluded ones',
    { attributes: 'userName', excludedAttributes: 'userName' },
    { schemas, id, userName: 'Alice' },
  ],
])('projection: %s', (_name, query, expected) => {
  expect(project(USER, rendered, query)).toEqual(expected);
});

test('excluded attributes and sub-attributes are omitted, except id and schemas', () => {
  const { name: _name, groups: _groups, ...left } = rendered;
  const excluded = 'name,groups,id,schemas,emails.type';
  expect(project(USER, rendered, { excludedAttributes: excluded })).toEqual({
    ...left,
    emails: [{ value: 'a@example.com' }],
  });
});

test.each<[boolean, Record<string, string>]>([
  [true, {}],
  [false, { excludedAttributes: 'Members' }],
  [true, { excludedAttributes: 'members.display' }],
  [false, { attributes: 'displayName' }],
  [true, { attributes: 'members.value' }],
])('members are needed: %p for %j', (wanted, query) => {
  expect(wantsAttribute(GROUP, 'members', query)).toBe(wanted);
});

test('a list contains the total and the number of items on the page', () => {
  expect(listResponse([], { totalResults: 0, startIndex: 1 })).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 0,
    startIndex: 1,
    itemsPerPage: 0,
    Resources: [],
  });
});

test('every error has its status as a string, and a scimType only where the RFC has one', () => {
  for (const [code, row] of Object.entries(SCIM_ERRORS)) {
    const body = scimErrorBody(code as keyof typeof SCIM_ERRORS, 'why');
    expect(body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      ...row,
      status: String(row.status),
      detail: 'why',
    });
  }
  const error = new ScimError('uniqueness', 'taken');
  expect([error.status, error.scimType, error.message]).toEqual([409, 'uniqueness', 'taken']);
});

test('equality ignores the order of keys but not of values', () => {
  expect(equalAttributes({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toBe(true);
  expect(equalAttributes({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  expect(equalAttributes({ a: 1 }, { b: 1 })).toBe(false);
  expect(equalAttributes({ a: [] }, { a: {} })).toBe(false);
});

describe('case folding', () => {
  test.each([
    ['Alice@Example.COM', 'alice@example.com'],
    ['E\u0301LODIE', '\u00e9lodie'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδος', 'ΟΔΟΣ'],
  ])('%s and %s are the same userName', (a, b) => expect(normalizedUserName(a)).toBe(normalizedUserName(b)));

  test.each([
    ['straße', 'strasse'],
    ['admın', 'admin'],
    ['alice', 'alice '],
  ])('%s and %s are different', (a, b) => expect(normalizedUserName(a)).not.toBe(normalizedUserName(b)));

  test('folding twice is the same as once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => foldCase(foldCase(text)) === foldCase(text)),
      { numRuns: 5000 },
    );
    const awkward = fc.array(fc.constantFrom('\u0301', '\u0323', '\u0344', 'İ', 'a', 'Σ'), { maxLength: 80 });
    fc.assert(fc.property(awkward, (parts) => foldCase(foldCase(parts.join(''))) === foldCase(parts.join(''))));
  });

  test('ten times as many combining marks take about ten times as long', () => {
    const cost = (marks: number) => {
      const text = '\u0301'.repeat(marks / 2) + '\u0323'.repeat(marks / 2);
      const tries = Array.from({ length: 5 }, () => {
        const before = process.cpuUsage();
        for (let i = 0; i < 20; i++) foldCase(`${text}${i}`);
        return process.cpuUsage(before).user;
      });
      return Math.min(...tries);
    };
    expect(cost(20_000)).toBeLessThan(Math.max(cost(2_000), 1000) * 25);
  });
});

test.each<[Record<string, unknown>, string | null]>([
  [{ displayName: 'Alice J', name: { formatted: 'x' } }, 'Alice J'],
  [{ displayName: ' ', name: { formatted: 'Ms. Alice' } }, 'Ms. Alice'],
  [{ name: { givenName: 'Alice', familyName: 'Jones' } }, 'Alice Jones'],
  [{ name: { familyName: 'Jones' } }, 'Jones'],
  [{}, null],
])('the display name of %j is %s', (body, displayName) => {
  const attributes = parseResource(USER, { userName: 'alice', ...body });
  expect(userStateOf(attributes)).toEqual({ userName: 'alice', displayName, externalId: null });
});
