import { backoffMs } from './backoff.js';

describe('The back-off', () => {
  it.each([
    [0, 400, 600],
    [1, 800, 1_200],
    [4, 6_400, 9_600],
    [6, 25_600, 38_400],
    [7, 51_200, 60_000],
    [1_000_000, 51_200, 60_000],
  ])('after %d failed attempts is between %d and %d ms', (attempts, least, most) => {
    for (let i = 0; i < 100; i++) {
      const ms = backoffMs(attempts);
      expect(ms).toBeGreaterThanOrEqual(least);
      expect(ms).toBeLessThanOrEqual(most);
    }
  });
});
