import { grantedSeconds } from './duration.rule.js';

it.each([
  [600, 3600, 600],
  [3600, 3600, 3600],
  [3600, 600, 600],
])('%i approved seconds and a maximum of %i give a grant of %i seconds', (approved, maxDurationSeconds, seconds) => {
  expect(grantedSeconds(approved, { maxDurationSeconds })).toBe(seconds);
});
