import { waitSeconds } from './retry.rule.js';

describe('Wait after a 429', () => {
  it.each([
    ['whole seconds are used', '120', undefined, 120],
    ['a missing header gives five minutes', undefined, undefined, 300],
    ['a date gives five minutes', 'Wed, 21 Oct 2026 07:28:00 GMT', undefined, 300],
    ['a fraction gives five minutes', '1.5', undefined, 300],
    ['a negative number gives five minutes', '-1', undefined, 300],
    ['the word null gives five minutes', 'null', undefined, 300],
    ['an empty header gives five minutes', '', undefined, 300],
    ['the second wait is twice the first', '30', 30, 60],
    ['the third wait is twice the second and ignores the header', '7', 60, 120],
    ['the default of five minutes doubles too', undefined, 300, 600],
  ])('%s', (_name, retryAfter, previous, expected) => {
    expect(waitSeconds(retryAfter, previous)).toBe(expected);
  });
});
