import { WrongKeys } from './wrong-keys.limiter.js';

describe('wrong keys', () => {
  it('are counted per client, for a minute from the first', () => {
    const keys = new WrongKeys();
    expect([keys.add('a', '1', 1_000), keys.add('a', '2', 60_999), keys.add('b', '1', 60_999)]).toEqual([1, 2, 1]);
    expect([keys.count('a', 60_999), keys.count('a', 61_000), keys.count('c', 0)]).toEqual([2, 0, 0]);
    expect([keys.add('a', '3', 61_000), keys.count('a', 61_001)]).toEqual([1, 1]);
  });

  it('count once when repeated', () => {
    const keys = new WrongKeys();
    expect([keys.add('a', '1', 0), keys.add('a', '1', 1), keys.count('a', 1)]).toEqual([1, undefined, 1]);
  });

  it('evict the least recent client when full', () => {
    const keys = new WrongKeys();
    for (let i = 0; i < 10_000; i++) keys.add(`name ${i}`, '1', 0);
    keys.add('name 0', '2', 0);
    keys.add('one more', '1', 0);
    expect([keys.count('name 0', 0), keys.count('name 1', 0), keys.count('one more', 0)]).toEqual([2, 0, 1]);
  });
});
