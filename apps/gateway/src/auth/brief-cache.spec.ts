import { BriefCache } from './brief-cache.js';

describe('BriefCache', () => {
  const asking = () => {
    let asked = 0;
    return { ask: () => Promise.resolve(++asked), count: () => asked };
  };

  it('asks once for all who ask at the same time', async () => {
    const { ask, count } = asking();
    const cache = new BriefCache<number>(60_000, 10);
    expect(await Promise.all([cache.get('a', ask), cache.get('a', ask), cache.get('a', ask)])).toEqual([1, 1, 1]);
    expect(count()).toBe(1);
  });

  it('gives no answer that is older than its life', async () => {
    const { ask } = asking();
    const cache = new BriefCache<number>(0, 10);
    expect([await cache.get('a', ask), await cache.get('a', ask)]).toEqual([1, 2]);
  });

  it('forgets the oldest when it is full', async () => {
    const { ask } = asking();
    const cache = new BriefCache<number>(60_000, 2);
    for (const key of ['a', 'b', 'c']) await cache.get(key, ask);
    expect([await cache.get('b', ask), await cache.get('c', ask), await cache.get('a', ask)]).toEqual([2, 3, 4]);
  });

  it('does not remember failures', async () => {
    const cache = new BriefCache<number>(60_000, 10);
    await expect(cache.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.get('a', () => Promise.resolve(1))).toBe(1);
  });
});
