import { PROFILE_ATTRIBUTES, PROFILE_LIMITS } from '@tidegate/contracts';
import { resolveAttribute, type ScimAttributes, USER } from '@tidegate/scim';
import * as fc from 'fast-check';
import { hasAny, NO_MARKS, profileChanged, profileOf } from './profile.rule.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ACME = 'urn:example:1.0:User';
const marks = { names: [`${ACME}:badge`, `${ACME}:level`, `${ACME}:onCall`], version: 3 };

const user: ScimAttributes = {
  userName: 'alice',
  active: true,
  nickName: 'Al',
  name: { givenName: 'Alice', familyName: 'Archer' },
  emails: [{ value: 'home@example.com' }, { value: 'alice@example.com', primary: true }],
  addresses: [{ country: 'DE' }],
  phoneNumbers: [{ value: '1' }],
  [ENTERPRISE]: { department: 'Tax', manager: { value: '7', displayName: 'Mo', $ref: 'https://example.com/7' } },
  [ACME]: { badge: 'B', level: 3, onCall: false, secret: 'S' },
};

test('a profile has the listed attributes of a user and no other', () => {
  expect(profileOf(user, NO_MARKS)).toEqual({
    userName: 'alice',
    'name.givenName': 'Alice',
    'name.familyName': 'Archer',
    'emails.value': 'alice@example.com',
    'addresses.country': 'DE',
    [`${ENTERPRISE}:department`]: 'Tax',
    [`${ENTERPRISE}:manager.value`]: '7',
    [`${ENTERPRISE}:manager.displayName`]: 'Mo',
  });
});

test('a profile has marked extension attributes that are strings, numbers or booleans', () => {
  expect(profileOf(user, marks)).toMatchObject({
    [`${ACME}:badge`]: 'B',
    [`${ACME}:level`]: 3,
    [`${ACME}:onCall`]: false,
  });
  expect(profileOf({ ...user, [ACME]: { badge: ['B'], level: { a: 1 }, onCall: null } }, marks)).toEqual(
    profileOf(user, NO_MARKS),
  );
});

test('every listed attribute exists in the schema', () => {
  expect(PROFILE_ATTRIBUTES.filter((name) => resolveAttribute(USER, name)?.name !== name)).toEqual([]);
});

test('properties of the prototype are not attributes', () => {
  const names = ['constructor', 'toString', '__proto__', `${ACME}:constructor.name`];
  expect(profileOf({ userName: 'a' }, { names, version: 1 })).toEqual({ userName: 'a' });
});

test.each<[string, ScimAttributes, boolean]>([
  ['another department', { ...user, [ENTERPRISE]: { department: 'Audit' } }, true],
  ['another primary e-mail address', { ...user, emails: [{ value: 'a@example.com', primary: true }] }, true],
  ['another phone number', { ...user, phoneNumbers: [{ value: '2' }] }, false],
  ['another status', { ...user, active: false }, false],
  ['an extension attribute without a mark', { ...user, [ACME]: { badge: 'B', level: 3, onCall: false } }, false],
  ['an extension attribute with a mark', { ...user, [ACME]: { badge: 'C', level: 3, onCall: false } }, true],
])('profileChanged compares the profile before and after a write: %s', (_, after, changed) => {
  expect(profileChanged(user, after, marks)).toBe(changed);
});

test('hasAny finds out whether a user has one of the attributes', () => {
  expect([hasAny(user, [`${ACME}:level`]), hasAny(user, [`${ACME}:other`]), hasAny(user, [])]).toEqual([
    true,
    false,
    false,
  ]);
});

test('a value that is too long is omitted', () => {
  const long = 'x'.repeat(PROFILE_LIMITS.valueLength);
  expect(profileOf({ userName: 'a', title: long }, NO_MARKS)).toEqual({ userName: 'a', title: long });
  expect(profileOf({ userName: 'a', title: `${long}x` }, NO_MARKS)).toEqual({ userName: 'a' });
});

test('a profile never exceeds its limit', () => {
  const names = Array.from({ length: 50 }, (_, i) => `${ACME}:a${i}`);
  const values = fc.dictionary(
    fc.nat(49).map((i) => `a${i}`),
    fc.oneof(fc.string({ maxLength: 300, unit: 'binary' }), fc.double(), fc.boolean()),
  );
  fc.assert(
    fc.property(values, (extension) => {
      const profile = profileOf({ userName: 'a', [ACME]: extension }, { names, version: 1 });
      expect(Buffer.byteLength(JSON.stringify(profile))).toBeLessThanOrEqual(PROFILE_LIMITS.bytes);
    }),
  );
});
