import { RateLimiter } from './rate-limiter.js';

describe('a limit of requests by network', () => {
  it('lets each network make so many requests in a window, and as many in the next', () => {
    const limiter = new RateLimiter(2, 1_000);
    const taken = [0, 1, 2, 999, 1_000, 1_001, 1_002].map((now) => limiter.take('203.0.113.1', now));
    expect(taken).toEqual([true, true, false, false, true, true, false]);
  });

  it('counts the addresses of one network together, and networks apart', () => {
    const limiter = new RateLimiter(1, 1_000);
    const addresses = ['203.0.113.1', '203.0.113.200', '198.51.100.1', '2001:db8:7:1::1', '2001:db8:7:2::1', 'nowhere'];
    expect(addresses.map((address) => limiter.take(address, 0))).toEqual([true, false, true, true, false, true]);
  });

  it('forgets the network that was counted longest ago when there are too many', () => {
    const limiter = new RateLimiter(1, 1_000);
    const network = (count: number) => `10.${Math.floor(count / 256)}.${count % 256}.1`;
    limiter.take('203.0.113.1', 0);
    limiter.take('198.51.100.1', 0);
    limiter.take('203.0.113.1', 0);
    for (let count = 0; count < 9_999; count++) limiter.take(network(count), 0);
    expect([limiter.take('203.0.113.1', 0), limiter.take('198.51.100.1', 0)]).toEqual([false, true]);
  });
});
