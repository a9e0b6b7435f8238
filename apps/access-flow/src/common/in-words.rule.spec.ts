import { counted, inWords, listInWords } from './in-words.rule.js';

it.each([
  [1, '1 second'],
  [90, '90 seconds'],
  [60, '1 minute'],
  [5400, '90 minutes'],
  [14_400, '4 hours'],
  [86_400, '1 day'],
  [172_800, '2 days'],
])('%d seconds are %s', (seconds, words) => expect(inWords(seconds)).toBe(words));

it.each([
  [0, '0 steps'],
  [1, '1 step'],
  [2, '2 steps'],
])('counts %d', (count, words) => expect(counted(count, 'step')).toBe(words));

it.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('lists %j', (texts, words) => expect(listInWords(texts)).toBe(words));

it('lists alternatives', () => expect(listInWords(['a', 'b'], 'or')).toBe('a or b'));
