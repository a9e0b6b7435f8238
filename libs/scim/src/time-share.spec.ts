import { TimeShare } from './time-share.js';

/** Work with `count` steps. Each records the name and takes a whole slice. */
function* slow(seen: string[], name: string, count: number): Generator<void, string, void> {
  for (let i = 0; i < count; i++) {
    seen.push(name);
    for (const until = performance.now() + 6; performance.now() < until;);
    yield;
  }
  return name;
}

describe('TimeShare', () => {
  it('gives each key a slice in turn, and finishes the jobs of one key in order', async () => {
    const [share, seen, done] = [new TimeShare(), [] as string[], [] as string[]];
    const run = (key: string, name: string, count: number) =>
      share.run(key, slow(seen, name, count)).then((value) => done.push(value));
    await Promise.all([run('a', 'a1', 4), run('a', 'a2', 1), run('b', 'b1', 2)]);
    expect(seen).toEqual(['a1', 'b1', 'a1', 'b1', 'a1', 'a1', 'a2']);
    expect(done).toEqual(['b1', 'a1', 'a2']);
  });

  it('returns to the event loop between two slices', async () => {
    const seen: string[] = [];
    const work = new TimeShare().run('a', slow(seen, 'a', 3));
    const tick = () => {
      seen.push('tick');
      if (seen.length < 8) setImmediate(tick);
    };
    setImmediate(tick);
    await work;
    expect(seen.slice(0, 5)).toEqual(['a', 'tick', 'a', 'tick', 'a']);
  });

  it('rejects with the error of the work, and runs the next job', async () => {
    const share = new TimeShare();

    const failing = share.run(
      'a',
      (function* (): Generator<void, never, void> {
        throw new Error('wrong');
      })(),
    );
    const next = share.run('a', slow([], 'next', 1));
    await expect(failing).rejects.toThrow('wrong');
    expect(await next).toBe('next');
  });
});
