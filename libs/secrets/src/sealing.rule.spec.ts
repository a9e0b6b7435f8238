import { deriveKey, keyedHash, seal, unseal } from './sealing.rule.js';

const [key, other] = [deriveKey('a key', 'one purpose'), deriveKey('a key', 'another purpose')];

it('unseal returns what was sealed, and each sealing differs', () => {
  const [first, second] = [seal(key, Buffer.from('secret')), seal(key, Buffer.from('secret'))];
  expect(first).not.toEqual(second);
  expect([first, second].map((sealed) => unseal(key, sealed)?.toString())).toEqual(['secret', 'secret']);
  expect(first.includes('secret')).toBe(false);
});

it('unseal refuses another key, a changed bit, and other data', () => {
  const sealed = seal(key, Buffer.from('secret'));
  expect(unseal(other, sealed)).toBeUndefined();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    expect(unseal(key, changed)).toBeUndefined();
  }
  for (const length of [0, 1, 27, 28]) expect(unseal(key, Buffer.alloc(length))).toBeUndefined();
});

it('keyedHash depends only on key and text', () => {
  expect(keyedHash(key, 'text')).toEqual(keyedHash(key, 'text'));
  expect(keyedHash(key, 'text')).toHaveLength(32);
  expect(keyedHash(key, 'text')).not.toEqual(keyedHash(other, 'text'));
});
