import { emailKey, emailKeys } from './email-keys.rule.js';

describe('the lookup keys of e-mail addresses', () => {
  it.each([
    ['a short value', 'a@x', 'a@x'],
    ['the longest value', 'x'.repeat(256), 'x'.repeat(256)],
    ['the first 256 characters of a longer value', 'x'.repeat(257), 'x'.repeat(256)],
    ['characters, not UTF-16 code units,', `${'😀'.repeat(256)}x`, '😀'.repeat(256)],
    ['an empty value', '', ''],
  ])('contain %s', (_, value, key) => {
    expect(emailKey(value)).toBe(key);
  });

  it.each<[string, Parameters<typeof emailKeys>[0], string[]]>([
    ['no addresses', {}, []],
    ['addresses', { emails: [{ value: 'a@x' }, { value: 'b@x', type: 'home' }] }, ['a@x', 'b@x']],
    [
      'one address twice',
      {
        emails: [
          { value: 'a@x', type: 'work' },
          { value: 'a@x', type: 'home' },
        ],
      },
      ['a@x'],
    ],
    [
      'addresses with the same beginning',
      { emails: ['y', 'z'].map((end) => ({ value: 'x'.repeat(256) + end })) },
      ['x'.repeat(256)],
    ],
    ['an entry without a value', { emails: [{ type: 'work' }] }, []],
    ['a value that is not an array', { emails: 'a@x' }, []],
  ])('of %s', (_, keys, expected) => {
    expect(emailKeys(keys)).toEqual(expected);
  });
});
