import { emailKey, emailKeys } from './email-keys.rule.js';

describe('by what users are looked up', () => {
  it.each([
    ['a short value', 'a@x', 'a@x'],
    ['the longest value', 'x'.repeat(256), 'x'.repeat(256)],
    ['the beginning of a longer one', 'x'.repeat(257), 'x'.repeat(256)],
    ['whole characters', `${'😀'.repeat(256)}x`, '😀'.repeat(256)],
    ['nothing', '', ''],
  ])('%s', (_, value, key) => {
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
    ['what is no list', { emails: 'a@x' }, []],
  ])('of %s', (_, keys, expected) => {
    expect(emailKeys(keys)).toEqual(expected);
  });
});
