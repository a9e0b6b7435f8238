import { grantedSeconds } from './duration.rule.js';

it.each([
  [600, 3600, 600],
  [3600, 3600, 3600],
  [3600, 600, 600],
])('of %i requested seconds and a maximum of %i the grant gets %i', (durationSeconds, maxDurationSeconds, seconds) => {
  expect(grantedSeconds({ durationSeconds }, { maxDurationSeconds })).toBe(seconds);
});
