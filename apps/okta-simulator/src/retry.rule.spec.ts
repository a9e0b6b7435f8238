import { waitSeconds } from './retry.rule.js';

describe('how long Okta waits after a 429', () => {
  it.each([
    ['whole seconds are honoured', '120', undefined, 120],
    ['no header is five minutes', undefined, undefined, 300],
    ['a date is five minutes', 'Wed, 21 Oct 2026 07:28:00 GMT', undefined, 300],
    ['a fraction is five minutes', '1.5', undefined, 300],
    ['a negative number is five minutes', '-1', undefined, 300],
    ['the word null is five minutes', 'null', undefined, 300],
    ['an empty header is five minutes', '', undefined, 300],
    ['the second wait is twice the first', '30', 30, 60],
    ['the third is twice the second, whatever the header says', '7', 60, 120],
    ['five minutes double too', undefined, 300, 600],
  ])('%s', (_promise, retryAfter, previous, expected) => {
    expect(waitSeconds(retryAfter, previous)).toBe(expected);
  });
});
