import { editDistance, nearest } from './nearest.rule.js';

it.each([
  ['', '', 0],
  ['port', 'port', 0],
  ['', 'port', 4],
  ['prot', 'port', 2],
  ['pot', 'port', 1],
  ['ports', 'port', 1],
  ['kitten', 'sitting', 3],
])('the distance between "%s" and "%s" is %i', (a, b, expected) => {
  expect(editDistance(a, b)).toBe(expected);
  expect(editDistance(b, a)).toBe(expected);
});

it('returns the candidate with the smallest distance, and the first of several', () => {
  expect(nearest('--prot', ['--help', '--port'])).toBe('--port');
  expect(nearest('x', ['a', 'b'])).toBe('a');
});
