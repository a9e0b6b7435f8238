import { TtlCache } from './ttl.cache.js';

describe('TtlCache', () => {
  const asking = () => {
    let asked = 0;
    return { ask: () => Promise.resolve(++asked), count: () => asked };
  };

  it('loads once for concurrent calls', async () => {
    const { ask, count } = asking();
    const cache = new TtlCache<number>(60_000, 10);
    expect(await Promise.all([cache.get('a', ask), cache.get('a', ask), cache.get('a', ask)])).toEqual([1, 1, 1]);
    expect(count()).toBe(1);
  });

  it('returns no expired value', async () => {
    const { ask } = asking();
    const cache = new TtlCache<number>(0, 10);
    expect([await cache.get('a', ask), await cache.get('a', ask)]).toEqual([1, 2]);
  });

  it('evicts the oldest entry when it is full', async () => {
    const { ask } = asking();
    const cache = new TtlCache<number>(60_000, 2);
    for (const key of ['a', 'b', 'c']) await cache.get(key, ask);
    expect([await cache.get('b', ask), await cache.get('c', ask), await cache.get('a', ask)]).toEqual([2, 3, 4]);
  });

  it('does not cache failures', async () => {
    const cache = new TtlCache<number>(60_000, 10);
    await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.get('a', () => Promise.resolve(1))).toBe(1);
  });
});
