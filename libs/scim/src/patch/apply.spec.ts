import { applyPatch, GROUP, parsePatch, parseResource, type ScimAttributes, USER } from '../index.js';
import { codeOf } from '../../test/refusals.js';
import { attribute } from '../schema/attribute.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const work = { value: 'alice@work.example', type: 'work', primary: true };
const home = { value: 'alice@home.example', type: 'home' };
const alice = parseResource(USER, {
  userName: 'alice',
  active: true,
  displayName: 'Alice',
  name: { givenName: 'Alice', familyName: 'Jones' },
  emails: [work, home],
  [ENTERPRISE]: { department: 'Tax', manager: { value: 'bob' } },
});
const patch = (...operations: unknown[]): ScimAttributes =>
  applyPatch(USER, alice, parsePatch({ Operations: operations }));
const type = (name: string) => `emails[type eq "${name}"]`;

test.each<[string, unknown, Record<string, unknown>]>([
  ["Okta's deactivation", { op: 'replace', value: { active: false } }, { active: false }],
  ["Entra's deactivation", { op: 'Replace', path: 'active', value: 'False' }, { active: false }],
  ['deactivation by URN', { op: 'add', path: `${CORE}:active`, value: false }, { active: false }],
  ['deactivation inside the core URN', { op: 'replace', value: { [CORE]: { active: false } } }, { active: false }],
  [
    'deactivation with the core URN as path',
    { op: 'replace', path: CORE, value: { Active: false } },
    { active: false },
  ],
  ['a simple attribute', { op: 'replace', path: 'displayName', value: 'Al' }, { displayName: 'Al' }],
  ['an attribute that was absent', { op: 'replace', path: 'nickName', value: 'Al' }, { nickName: 'Al' }],
  ['a number for a string', { op: 'replace', path: 'externalId', value: 7 }, { externalId: '7' }],
  [
    'a sub-attribute',
    { op: 'replace', path: 'name.givenName', value: 'A' },
    { name: { givenName: 'A', familyName: 'Jones' } },
  ],
  [
    'a complex value merged',
    { op: 'replace', path: 'name', value: { givenName: 'A' } },
    { name: { givenName: 'A', familyName: 'Jones' } },
  ],
  [
    'a sub-attribute unassigned in a merge',
    { op: 'replace', path: 'name', value: { givenName: null } },
    { name: { familyName: 'Jones' } },
  ],
  [
    'dotted names in a value',
    { op: 'replace', value: { 'name.givenName': 'A', 'name.familyName': 'B' } },
    { name: { givenName: 'A', familyName: 'B' } },
  ],
  [
    'a value filter as a name',
    { op: 'replace', value: { [`${type('work')}.value`]: 'new' } },
    { emails: [{ ...work, value: 'new' }, home] },
  ],
  [
    'a value appended',
    { op: 'add', path: 'emails', value: [{ value: 'x', type: 'other' }] },
    { emails: [work, home, { value: 'x', type: 'other' }] },
  ],
  [
    'one value, not in an array',
    { op: 'add', path: 'emails', value: { value: 'x' } },
    { emails: [work, home, { value: 'x' }] },
  ],
  ['all values replaced', { op: 'replace', path: 'emails', value: [{ value: 'x' }] }, { emails: [{ value: 'x' }] }],
  ['all values replaced by none', { op: 'replace', path: 'emails', value: [] }, { emails: undefined }],
  [
    'a new primary clears the old',
    { op: 'add', path: 'emails', value: [{ value: 'x', primary: true }] },
    { emails: [{ ...work, primary: false }, home, { value: 'x', primary: true }] },
  ],
  [
    'primary moved by filter',
    { op: 'replace', path: `${type('home')}.primary`, value: 'True' },
    {
      emails: [
        { ...work, primary: false },
        { ...home, primary: true },
      ],
    },
  ],
  [
    'a value selected by a boolean as a string',
    { op: 'replace', path: 'emails[primary EQ "True"].value', value: 'x' },
    { emails: [{ ...work, value: 'x' }, home] },
  ],
  [
    'a selected value merged',
    { op: 'replace', path: type('home'), value: { display: 'Home' } },
    { emails: [work, { ...home, display: 'Home' }] },
  ],
  [
    'a selected value created by add',
    { op: 'add', path: `${type('other')}.value`, value: 'x' },
    { emails: [work, home, { type: 'other', value: 'x' }] },
  ],
  [
    'a selected value created by replace, as Entra expects',
    { op: 'Replace', path: `${type('other')}.value`, value: 'x' },
    { emails: [work, home, { type: 'other', value: 'x' }] },
  ],
  [
    'the first value of an attribute created',
    { op: 'add', path: 'phoneNumbers[type eq "work"].value', value: '1' },
    { phoneNumbers: [{ type: 'work', value: '1' }] },
  ],
  [
    'an address line',
    { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Rome' },
    { addresses: [{ type: 'work', locality: 'Rome' }] },
  ],
  ['a selected value removed', { op: 'remove', path: type('work') }, { emails: [home] }],
  ['the "value" of a selected value removed', { op: 'remove', path: `${type('work')}.value` }, { emails: [home] }],
  [
    'a sub-attribute of a chosen value removed',
    { op: 'remove', path: `${type('work')}.primary` },
    { emails: [{ value: work.value, type: 'work' }, home] },
  ],
  [
    'a selected value cleared by null',
    { op: 'replace', path: `${type('work')}.value`, value: null },
    { emails: [home] },
  ],
  ['values named in a remove', { op: 'Remove', path: 'emails', value: [{ value: work.value }] }, { emails: [home] }],
  ['an attribute removed', { op: 'remove', path: 'displayName' }, { displayName: undefined }],
  ['an attribute cleared by null', { op: 'replace', path: 'displayName', value: null }, { displayName: undefined }],
  ['a sub-attribute removed', { op: 'remove', path: 'name.givenName' }, { name: { familyName: 'Jones' } }],
  [
    'an extension attribute',
    { op: 'Replace', path: `${ENTERPRISE}:employeeNumber`, value: 'E1' },
    { [ENTERPRISE]: { department: 'Tax', employeeNumber: 'E1', manager: { value: 'bob' } } },
  ],
  [
    'an extension attribute in a value',
    { op: 'replace', value: { [`${ENTERPRISE}:department`]: 'Law' } },
    { [ENTERPRISE]: { department: 'Law', manager: { value: 'bob' } } },
  ],
  [
    'an extension object in a value',
    { op: 'replace', value: { [ENTERPRISE]: { department: 'Law' } } },
    { [ENTERPRISE]: { department: 'Law', manager: { value: 'bob' } } },
  ],
  [
    'an extension as path',
    { op: 'add', path: ENTERPRISE, value: { division: 'D' } },
    { [ENTERPRISE]: { department: 'Tax', division: 'D', manager: { value: 'bob' } } },
  ],
  ['an extension removed', { op: 'remove', path: ENTERPRISE }, { [ENTERPRISE]: undefined }],
  [
    'the manager as a string',
    { op: 'Add', path: `${ENTERPRISE}:manager`, value: 'carol' },
    { [ENTERPRISE]: { department: 'Tax', manager: { value: 'carol' } } },
  ],
  [
    'the manager cleared by ""',
    { op: 'Replace', path: `${ENTERPRISE}:manager`, value: '' },
    { [ENTERPRISE]: { department: 'Tax' } },
  ],
])('%s', (_name, operation, expected) => {
  const wanted = Object.fromEntries(
    Object.entries({ ...alice, ...expected }).filter(([, value]) => value !== undefined),
  );
  expect(patch(operation)).toEqual(wanted);
});

test.each<[string, unknown]>([
  ['the same value again', { op: 'replace', path: 'displayName', value: 'Alice' }],
  ['an existing e-mail address', { op: 'add', path: 'emails', value: [home] }],
  ['a password', { op: 'replace', path: 'password', value: 'secret' }],
  [
    'unknown and read-only names in a value',
    { op: 'replace', value: { id: 'x', schemas: [], meta: {}, groups: [], shoeSize: 1 } },
  ],
  ['removing an absent attribute', { op: 'remove', path: 'title' }],
  ['removing an absent value', { op: 'remove', path: type('other') }],
  ['adding nothing', { op: 'add', path: 'emails', value: [] }],
])('%s changes nothing and returns the same object', (_name, operation) => {
  expect(patch(operation)).toBe(alice);
});

test.each<[string, unknown]>([
  ['mutability', { op: 'remove', path: 'userName' }],
  ['invalidValue', { op: 'replace', path: 'userName', value: ' ' }],
  ['mutability', { op: 'replace', value: { userName: null } }],
  ['invalidValue', { op: 'remove', path: 'active' }],
  ['invalidValue', { op: 'replace', path: 'active', value: null }],
  ['invalidValue', { op: 'replace', value: { active: null } }],
  ['invalidValue', { op: 'replace', path: 'active', value: 'maybe' }],
  ['invalidValue', { op: 'replace', path: 'active', value: { value: false } }],
  ['invalidValue', { op: 'replace', value: 'x' }],
  [
    'invalidValue',
    {
      op: 'add',
      path: 'emails',
      value: [
        { value: 'a', primary: true },
        { value: 'b', primary: true },
      ],
    },
  ],
  ['noTarget', { op: 'replace', path: type('other'), value: { value: 'x' } }],
  ['noTarget', { op: 'replace', path: 'emails[value co "z"].type', value: 'x' }],
  ['noTarget', { op: 'remove' }],
  ['invalidPath', { op: 'replace', path: 'shoeSize', value: 1 }],
  ['invalidPath', { op: 'replace', path: 'name[givenName eq "x"]', value: {} }],
  ['invalidPath', { op: 'replace', path: 'emails[type eq "work"', value: 'x' }],
  ['invalidFilter', { op: 'replace', path: 'emails[shoeSize eq 1].value', value: 'x' }],
  ['mutability', { op: 'replace', path: `${ENTERPRISE}:manager.displayName`, value: 'x' }],
  ['mutability', { op: 'remove', path: CORE }],
])('%s: %j', (code, operation) => {
  expect(codeOf(() => patch(operation))).toBe(code);
});

test('operations apply in order, all or none', () => {
  const before = structuredClone(alice);
  expect(patch({ op: 'remove', path: 'emails' }, { op: 'add', path: 'emails', value: [home] })['emails']).toEqual([
    home,
  ]);
  expect(codeOf(() => patch({ op: 'replace', path: 'active', value: false }, { op: 'remove', path: 'userName' }))).toBe(
    'mutability',
  );
  expect(alice).toEqual(before);
});

test('applying a patch twice is the same as once', () => {
  const operations = parsePatch({
    Operations: [
      { op: 'add', path: 'emails', value: [{ value: 'x', primary: true }] },
      { op: 'replace', path: 'name', value: { givenName: 'A' } },
      { op: 'remove', path: type('home') },
    ],
  });
  const once = applyPatch(USER, alice, operations);
  expect(applyPatch(USER, once, operations)).toBe(once);
});

test('a member of a group can be added or removed, but not changed', () => {
  const group = { displayName: 'admins', members: [{ value: 'alice' }] };
  const operations = parsePatch({ Operations: [{ op: 'replace', path: 'members.value', value: 'bob' }] });
  expect(() => applyPatch(GROUP, group, operations)).toThrow(expect.objectContaining({ code: 'mutability' }));
});

test('an extension attribute named "active" is not the status, and can be removed', () => {
  const id = 'urn:example:2.0:User';
  const extension = {
    id,
    name: 'Example',
    description: '',
    attributes: [attribute('active', '', { type: 'boolean' })],
  };
  const type = { ...USER, extensions: [extension] };
  const user = { userName: 'alice', active: true, [id]: { active: true } };
  const after = (operation: object) => applyPatch(type, user, parsePatch({ Operations: [operation] }));
  expect(after({ op: 'replace', path: `${id}:active`, value: false })).toEqual({ ...user, [id]: { active: false } });
  for (const path of [`${id}:active`, id])
    expect(after({ op: 'remove', path })).toEqual({ userName: 'alice', active: true });
});
