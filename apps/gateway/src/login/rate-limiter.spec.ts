import { RateLimiter } from './rate-limiter.js';

describe('a limit of requests by name', () => {
  const of = (name: string, most: number) => [{ name, most }];

  it('lets each name make so many requests in a window, and as many in the next', () => {
    const limiter = new RateLimiter(1_000);
    const taken = [0, 1, 2, 999, 1_000, 1_001, 1_002].map((now) => limiter.take(of('a', 2), now));
    expect(taken).toEqual([true, true, false, false, true, true, false]);
  });

  it('counts names apart', () => {
    const limiter = new RateLimiter(1_000);
    expect(['a', 'a', 'b'].map((name) => limiter.take(of(name, 1), 0))).toEqual([true, false, true]);
  });

  it('counts under all names of a request, and what is refused under none', () => {
    const limiter = new RateLimiter(1_000);
    const shared = { name: 'all', most: 3 };
    const names = ['a', 'a', 'a', 'a', 'b', 'c', 'd'];
    const taken = names.map((name) => limiter.take([{ name, most: 1 }, shared], 0));
    expect(taken).toEqual([true, false, false, false, true, true, false]);
  });

  it('forgets the name that came longest ago when there are too many, and keeps none that was refused at once', () => {
    const limiter = new RateLimiter(1_000);
    const full = { name: 'full', most: 1 };
    for (const name of ['old', 'older', 'old', 'full']) limiter.take(of(name, 1), 0);
    for (let count = 0; count < 9_998; count++) limiter.take([{ name: `made up ${count}`, most: 1 }, full], 0);
    expect([limiter.take(of('old', 1), 0), limiter.take(of('older', 1), 0)]).toEqual([false, false]);
    for (let count = 0; count < 9_998; count++) limiter.take(of(`other ${count}`, 1), 0);
    expect([limiter.take(of('old', 1), 0), limiter.take(of('full', 1), 0)]).toEqual([false, true]);
  });
});
