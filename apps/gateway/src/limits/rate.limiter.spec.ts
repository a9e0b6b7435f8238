import { RateLimiter } from './rate.limiter.js';

describe('the rate limiter', () => {
  const keyWith = (key: string, limit: number) => [{ key, limit }];

  it('allows the limit of each key in every window', () => {
    const limiter = new RateLimiter(1_000);
    const taken = [0, 1, 2, 999, 1_000, 1_001, 1_002].map((now) => limiter.allow(keyWith('a', 2), now));
    expect(taken).toEqual([true, true, false, false, true, true, false]);
  });

  it('counts keys separately', () => {
    const limiter = new RateLimiter(1_000);
    expect(['a', 'a', 'b'].map((key) => limiter.allow(keyWith(key, 1), 0))).toEqual([true, false, true]);
  });

  it('counts a request under all its keys, and a refused one under none', () => {
    const limiter = new RateLimiter(1_000);
    const shared = { key: 'all', limit: 3 };
    const keys = ['a', 'a', 'a', 'a', 'b', 'c', 'd'];
    const taken = keys.map((key) => limiter.allow([{ key, limit: 1 }, shared], 0));
    expect(taken).toEqual([true, false, false, false, true, true, false]);
  });

  it('evicts the least recent key, and does not store refused new keys', () => {
    const limiter = new RateLimiter(1_000);
    const full = { key: 'full', limit: 1 };
    for (const key of ['old', 'older', 'old', 'full']) limiter.allow(keyWith(key, 1), 0);
    for (let count = 0; count < 9_998; count++) limiter.allow([{ key: `made up ${count}`, limit: 1 }, full], 0);
    expect([limiter.allow(keyWith('old', 1), 0), limiter.allow(keyWith('older', 1), 0)]).toEqual([false, false]);
    for (let count = 0; count < 9_998; count++) limiter.allow(keyWith(`other ${count}`, 1), 0);
    expect([limiter.allow(keyWith('old', 1), 0), limiter.allow(keyWith('full', 1), 0)]).toEqual([false, true]);
  });
});
