import { keyStatus } from './api-key.rule.js';

it.each([
  [null, true, true, 'active'],
  ['expiring', true, true, 'expiring'],
  ['expired', true, true, 'expired'],
  ['expired', false, false, 'expired'],
  [null, false, true, 'suspended'],
  [null, true, false, 'suspended'],
  ['expiring', true, false, 'suspended'],
] as const)('a key that is %s, rooted %s, covered %s is %s', (end, rooted, covered, expected) =>
  expect(keyStatus({ end, rooted, covered })).toBe(expected),
);
