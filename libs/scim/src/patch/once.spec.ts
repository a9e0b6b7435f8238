import { applyPatch, GROUP, groupChanges, parsePatch, parseResource, type ScimAttributes, USER } from '../index.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const refusal = expect.objectContaining({
  code: 'invalidValue',
  detail: expect.stringContaining('appears more than once'),
});
const patch = (value: unknown, path?: string): ScimAttributes =>
  applyPatch(USER, { userName: 'alice', active: true }, parsePatch({ Operations: [{ op: 'replace', path, value }] }));

test.each([
  { active: false, ACTIVE: true },
  { ACTIVE: true, active: false },
  { active: false, [`${CORE}:active`]: true },
  { active: false, [CORE]: { active: true } },
  { [CORE]: { active: false, Active: true } },
  { [CORE]: { active: false }, [CORE.toUpperCase()]: { active: true } },
  { active: false, ' active': true },
  { 'name.givenName': 'a', 'Name.GivenName': 'b' },
  { 'name.givenName': 'a', name: { givenName: 'b' } },
  { name: { GIVENNAME: 'b' }, 'name.givenName': 'a' },
  { name: { givenName: 'b' }, NAME: { familyName: 'a' } },
  { name: null, 'name.givenName': 'a' },
  { emails: [], Emails: [{ value: 'x' }] },
  { 'emails[type eq "work"].value': 'x', 'EMAILS[type  eq "work"].VALUE': 'y' },
  { [ENTERPRISE]: { department: 'a' }, [`${ENTERPRISE}:department`]: 'b' },
  { [ENTERPRISE]: null, [`${ENTERPRISE}:department`]: 'b' },
])('a value with one attribute twice is refused: %j', (value) => {
  expect(() => patch(value)).toThrow(refusal);
});

test.each([
  { active: true, [`${CORE}:active`]: false },
  { [`${CORE}:active`]: false, [`${CORE.toUpperCase()}:active`]: true },
  { [CORE]: { active: true }, [`${CORE}:active`]: false },
  { [`${CORE}:active`]: false, [CORE]: { active: true } },
  { active: true, ' active': false },
  { [ENTERPRISE]: { department: 'a' }, [`${ENTERPRISE}:department`]: 'b' },
  { [`${ENTERPRISE}:department`]: 'b', [ENTERPRISE]: { department: 'a' } },
  { [ENTERPRISE]: null, [ENTERPRISE.toUpperCase()]: { department: 'a' } },
])('a body with one attribute twice is refused: %j', (value) => {
  expect(() => parseResource(USER, { userName: 'alice', ...value })).toThrow(refusal);
});

test('a value with one attribute twice is refused when the path is a schema', () => {
  expect(() => patch({ active: false, Active: true }, CORE)).toThrow(refusal);
});

test('a value with the members of a group twice is refused', () => {
  const value = { members: [{ value: 'alice' }], MEMBERS: [] };
  expect(() => groupChanges(GROUP, [{ op: 'replace', value }])).toThrow(refusal);
  expect(() => applyPatch(GROUP, { displayName: 'admins' }, [{ op: 'replace', value }])).toThrow(refusal);
});

test('different sub-attributes of one attribute are not duplicates', () => {
  const value = {
    'name.givenName': 'Alice',
    name: { familyName: 'Jones' },
    'emails[type eq "work"].value': 'w',
    'emails[type eq "home"].value': 'h',
    [ENTERPRISE]: { department: 'Tax' },
    [`${ENTERPRISE}:division`]: 'D',
  };
  expect(patch(value)).toEqual({
    userName: 'alice',
    active: true,
    name: { givenName: 'Alice', familyName: 'Jones' },
    emails: [
      { type: 'work', value: 'w' },
      { type: 'home', value: 'h' },
    ],
    [ENTERPRISE]: { department: 'Tax', division: 'D' },
  });
});

test('several operations can change the same attribute', () => {
  const Operations = [false, true].map((value) => ({ op: 'replace', path: 'active', value }));
  const alice = { userName: 'alice', active: false };
  expect(applyPatch(USER, alice, parsePatch({ Operations }))['active']).toBe(true);
});
