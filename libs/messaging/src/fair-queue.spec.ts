import { FairQueue } from './fair-queue.js';

/** Work that notes when it begins, and ends when it is told to. */
function harness(limit: number) {
  const queue = new FairQueue(limit);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (key: string, name: string) =>
    queue.run(key, () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    });
  return { begun, ends, add };
}

describe('FairQueue', () => {
  it('takes the work of waiting keys in turn, each in the order in which it came', async () => {
    const { begun, ends, add } = harness(1);
    const works = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) => add(name[0]!, name));
    for (let i = 0; i < works.length; i++) {
      ends.get(begun[i]!)!();
      await new Promise(setImmediate);
    }
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
    await Promise.all(works);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [6, 4],
    [12, 8],
  ])('of %d places leaves one key at most %d', (limit, most) => {
    const { begun, add } = harness(limit);
    for (let i = 0; i < 20; i++) void add('a', `a${i}`);
    expect(begun).toHaveLength(most);
    for (let i = 0; i < 20; i++) void add('b', `b${i}`);
    expect(begun).toHaveLength(limit);
  });

  it('gives the place of work that fails to the next', async () => {
    const queue = new FairQueue(1);
    const failed = queue.run('a', () => Promise.reject(new Error('away')));
    const next = queue.run('a', () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('away');
    expect(await next).toBe('done');
  });

  it('does not let a key that has reached its share keep a free place from the others', async () => {
    const { begun, ends, add } = harness(3);
    const works = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => add(name[0]!, name));
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    ends.get('b1')!();
    await new Promise(setImmediate);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'b2']);
    for (const name of ['a1', 'a2', 'b2']) ends.get(name)!();
    await new Promise(setImmediate);
    ends.get('a3')!();
    await Promise.all(works);
  });
});
