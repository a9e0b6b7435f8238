import { grantedSeconds } from './duration.rule.js';

it.each([
  [600, 3600, 600],
  [3600, 3600, 3600],
  [3600, 600, 600],
])(
  '%i requested seconds and a maximum of %i give a grant of %i seconds',
  (durationSeconds, maxDurationSeconds, seconds) => {
    expect(grantedSeconds({ durationSeconds }, { maxDurationSeconds })).toBe(seconds);
  },
);
