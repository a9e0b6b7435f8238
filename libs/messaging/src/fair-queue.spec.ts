import { FairQueue } from './fair-queue.js';

/** A queue with work that records its start, and ends when the test calls its function in `ends`. */
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
  it('takes the work of waiting keys in turn, and the work of one key in the order of arrival', async () => {
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
  ])('with %d places gives one key at most %d', (limit, most) => {
    const { begun, add } = harness(limit);
    for (let i = 0; i < 20; i++) void add('a', `a${i}`);
    expect(begun).toHaveLength(most);
    for (let i = 0; i < 20; i++) void add('b', `b${i}`);
    expect(begun).toHaveLength(limit);
  });

  it('continues with the next work after a failure', async () => {
    const queue = new FairQueue(1);
    const failed = queue.run('a', () => Promise.reject(new Error('failed')));
    const next = queue.run('a', () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('failed');
    expect(await next).toBe('done');
  });

  it('gives a free place to another key if the first key has reached its share', async () => {
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
