import fc from 'fast-check';
import { applyPatch, GROUP, parsePatch, parseResource, type ScimAttributes, USER } from './index.js';

const LIMIT = 65_536;
const PLURALS = ['emails', 'phoneNumbers', 'ims', 'photos', 'entitlements', 'roles', 'x509Certificates'];
const tooBig = expect.objectContaining({ code: 'tooLarge', detail: expect.stringContaining(`${LIMIT} bytes of JSON`) });
const tooMuch = expect.objectContaining({ code: 'tooLarge', detail: expect.stringContaining('too expensive') });
const bytes = (attributes: ScimAttributes): number => Buffer.byteLength(JSON.stringify(attributes));
const repeat = <T>(times: number, make: (index: number) => T): T[] => Array.from({ length: times }, (_, i) => make(i));
const patch = (user: ScimAttributes, Operations: unknown[]): ScimAttributes =>
  applyPatch(USER, user, parsePatch({ Operations }));

/** A user of exactly `size` bytes of JSON: seven attributes with up to a hundred values each, filled up by the title. */
function userOf(size: number): ScimAttributes {
  const values = repeat(100, (i) => ({ value: `${i}`.padStart(60, 'é'), type: 'work' }));
  const lists = PLURALS.map((name) => [name, values.map((item) => ({ ...item }))]);
  const user = { userName: 'alice', title: '', ...Object.fromEntries(lists) } as ScimAttributes;
  while (bytes(user) > size - 1) for (const name of PLURALS) (user[name] as unknown[]).pop();
  user['title'] = 'x'.repeat(size - bytes(user));
  return user;
}

const biggest = userOf(LIMIT);
const one = (value: string) => [{ value, type: 'work' }];

test('a user of 64 KiB is accepted, one byte more is refused', () => {
  expect(bytes(parseResource(USER, biggest))).toBe(LIMIT);
  expect(() => parseResource(USER, userOf(LIMIT + 1))).toThrow(tooBig);
});

test('a patch can grow a user to 64 KiB, one byte more is refused', () => {
  const title = biggest['title'] as string;
  const rest = patch(biggest, [{ op: 'remove', path: 'title' }]);
  expect(bytes(patch(rest, [{ op: 'add', path: 'title', value: title }]))).toBe(LIMIT);
  expect(() => patch(rest, [{ op: 'add', path: 'title', value: `${title}x` }])).toThrow(tooBig);
});

test('users over the size limit can be deactivated', () => {
  for (const user of [biggest, userOf(LIMIT + 1)]) {
    expect(patch(user, [{ op: 'replace', value: { active: false } }])['active']).toBe(false);
  }
  expect(parseResource(USER, { ...biggest, active: false })['active']).toBe(false);
});

test('a user over the size limit can shrink but not grow', () => {
  const user = userOf(LIMIT + 1000);
  expect(patch(user, [{ op: 'replace', path: 'title', value: 'x' }])['title']).toBe('x');
  expect(() => patch(user, [{ op: 'add', path: 'nickName', value: 'x' }])).toThrow(tooBig);
});

test('members do not count towards the size of a group', () => {
  const members = repeat(5000, (i) => ({ value: `user-${i}-${'x'.repeat(20)}` }));
  expect(parseResource(GROUP, { displayName: 'all', members })['members']).toHaveLength(5000);
});

test('a thousand operations on a user of nearly 64 KiB are applied', () => {
  const user = userOf(LIMIT - 4000);
  const step = fc.record({ op: fc.constantFrom('add', 'remove', 'replace'), i: fc.integer({ min: 0, max: 5 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
      const operations = repeat(1000, (n) => {
        const { op, i } = steps[n % steps.length]!;
        const path = PLURALS[n % PLURALS.length]!;
        if (n >= 1000 - PLURALS.length) return { op: 'add', path, value: one('last') };
        if (op === 'add') return { op, path, value: one(`${i}`) };
        return op === 'remove'
          ? { op, path: `${path}[value eq "${i}"]` }
          : { op, path: `${path}[type eq "home"].display`, value: `${i}` };
      });
      const patched = patch(user, operations);
      for (const name of PLURALS) expect(patched[name]).toContainEqual(one('last')[0]);
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

const long = (text: string) => ({ userName: 'bob', emails: repeat(8, (i) => ({ value: text + `${i}` })) });
const small = { userName: 'bob', emails: repeat(1000, (i) => ({ value: `${i}@example.com` })) };
const either = repeat(120, (i) => `value eq "${i}"`).join(' or ');
const marks = '\u0301'.repeat(1900) + '\u0323'.repeat(1900);
const streets = { userName: 'bob', addresses: repeat(990, (i) => ({ streetAddress: 'x'.repeat(40) + `${i}` })) };

const search = (i: number) => `emails[value co "${'a'.repeat(40)}b${'a'.repeat(200)}${i}"]`;

test.each<[string, ScimAttributes, (i: number) => unknown]>([
  ['strings that are slow to search', long('a'.repeat(7900)), (i) => ({ op: 'remove', path: search(i) })],
  [
    'many terms on many values',
    small,
    () => ({ op: 'remove', path: `emails[${either.slice(0, either.indexOf(' or value eq "12"'))}]` }),
  ],
  ['scans of many values', small, (i) => ({ op: 'remove', path: `emails[value sw "x${i}"]` })],
  [
    'long strings for many values',
    small,
    (i) => ({ op: 'add', path: 'emails.display', value: `${i}`.padEnd(300, 'x') }),
  ],
])('a thousand hostile operations are refused: %s', (_name, user, operation) => {
  const parsed = parseResource(USER, user);
  expect(() => patch(parsed, [operation(0), operation(1)])).not.toThrow(tooMuch);
  expect(() => patch(parsed, repeat(1000, operation))).toThrow(tooMuch);
});

test.each<[string, ScimAttributes, (i: number) => unknown]>([
  ['long strings', long('é'.repeat(3900)), () => ({ op: 'remove', path: 'emails[value eq "x"]' })],
  ['combining marks', long(marks), () => ({ op: 'remove', path: 'emails[value eq "x"]' })],
  ['values without a key', streets, (i) => ({ op: 'add', path: 'addresses', value: { locality: `y${i % 9}` } })],
])('a thousand operations that select by value are applied: %s', (_name, user, operation) => {
  const parsed = parseResource(USER, user);
  expect(() => patch(parsed, repeat(1000, operation))).not.toThrow();
});

test('twenty operations that scan all values of the largest user are applied', () => {
  const operations = repeat(20, (i) => ({ op: 'remove', path: `${PLURALS[i % PLURALS.length]}[value co "x${i}"]` }));
  expect(patch(biggest, operations)).toBe(biggest);
});
