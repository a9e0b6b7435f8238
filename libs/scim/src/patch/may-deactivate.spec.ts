import { mayDeactivate } from '../index.js';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const patch = (operation: unknown) => mayDeactivate('PATCH', { Operations: [operation] });

test.each([
  { op: 'replace', value: { active: false } },
  { op: 'Replace', path: 'active', value: 'False' },
  { op: 'add', path: ' ACTIVE', value: 'FALSE' },
  { op: 'replace', path: `${CORE}:active`, value: false },
  { op: 'replace', value: { [`${CORE}:Active`]: false } },
  { op: 'replace', value: { [CORE]: { active: 'false' } } },
  { op: 'replace', value: { [` ${CORE} `]: { active: false } } },
  { op: 'replace', path: CORE, value: { active: false } },
])('is urgent as a PATCH: %j', (operation) => {
  expect(patch(operation)).toBe(true);
  expect(mayDeactivate('PATCH', { operations: [{ op: 'remove', path: 'title' }, operation] })).toBe(true);
});

test.each([
  { op: 'replace', value: { active: true } },
  { op: 'replace', value: { displayName: 'false' } },
  { op: 'replace', path: 'title', value: 'False' },
  { op: 'remove', path: 'active' },
  null,
  'x',
])('is not urgent as a PATCH: %j', (operation) => {
  expect(patch(operation)).toBe(false);
});

test.each<[boolean, unknown]>([
  [true, { userName: 'bob', active: false }],
  [true, { ACTIVE: 'False' }],
  [true, { [CORE]: { active: false } }],
  [false, { userName: 'bob', active: true }],
  [false, { userName: 'bob' }],
  [false, null],
  [false, []],
  [false, 'active'],
])('as a PUT %p: %j', (urgent, body) => {
  expect(mayDeactivate('PUT', body)).toBe(urgent);
});
