import { RecentKeys } from './recent-keys.js';
import { KeyedSemaphore } from './keyed-semaphore.js';

describe('KeyedSemaphore', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const soon = () => Date.now() + 60_000;

  /** Tasks that record their start and end on `end(name)`. */
  const works = () => {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string) => () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    };
    return { begun, work, end: (name: string) => ends.get(name)!() };
  };

  it('runs a limited number of tasks per key at a time, in order of arrival', async () => {
    const { begun, work, end } = works();
    const semaphore = new KeyedSemaphore(2);
    const [first, second, third, fourth] = ['1', '2', '3', '4'].map((name) => semaphore.run('a', soon(), work(name)));
    expect(begun).toEqual(['1', '2']);
    end('2');
    expect(await second).toBe('2');
    expect(begun).toEqual(['1', '2', '3']);
    end('1');
    end('3');
    await Promise.all([first, third]);
    expect(begun).toEqual(['1', '2', '3', '4']);
    end('4');
    expect(await fourth).toBe('4');
  });

  it('pauses after a task for a multiple of its duration, up to a limit, while another key has tasks', async () => {
    const { begun, work, end } = works();
    const recent = new RecentKeys();
    const semaphore = new KeyedSemaphore(1, { times: 2, maxMs: 100 }, recent);
    const [first, second] = ['1', '2', '3'].map((name) => semaphore.run('a', soon(), work(name)));
    recent.add('b');
    jest.advanceTimersByTime(30);
    end('1');
    expect(await first).toBe('1');
    jest.advanceTimersByTime(59);
    expect(begun).toEqual(['1']);
    await jest.advanceTimersByTimeAsync(1);
    expect(begun).toEqual(['1', '2']);
    jest.advanceTimersByTime(5_000);
    recent.add('b');
    end('2');
    expect(await second).toBe('2');
    await jest.advanceTimersByTimeAsync(99);
    expect(begun).toEqual(['1', '2']);
    await jest.advanceTimersByTimeAsync(1);
    expect(begun).toEqual(['1', '2', '3']);
  });

  it('does not pause if no other key had a task in the last second', async () => {
    const { begun, work, end } = works();
    const recent = new RecentKeys();
    recent.add('b');
    const semaphore = new KeyedSemaphore(1, { times: 2, maxMs: 100 }, recent);
    const [first] = ['1', '2'].map((name) => semaphore.run('a', soon(), work(name)));
    jest.advanceTimersByTime(1_000);
    end('1');
    await first;
    expect(begun).toEqual(['1', '2']);
  });

  it('limits each key separately', () => {
    const { begun, work } = works();
    const semaphore = new KeyedSemaphore(1);
    for (const name of ['1', '2', '3']) void semaphore.run('a', soon(), work(name));
    void semaphore.run('b', soon(), work('other'));
    expect(begun).toEqual(['1', 'other']);
  });

  it('rejects a queued task at its deadline and runs the next one', async () => {
    const { begun, work, end } = works();
    const semaphore = new KeyedSemaphore(1);
    const first = semaphore.run('a', soon(), work('1'));
    const late = expect(semaphore.run('a', Date.now() + 500, work('late'))).rejects.toMatchObject({
      code: 'deadline',
    });
    const third = semaphore.run('a', soon(), work('3'));
    await jest.advanceTimersByTimeAsync(500);
    await late;
    end('1');
    await first;
    expect(begun).toEqual(['1', '3']);
    end('3');
    await third;
  });

  it('runs the next task after a failed one', async () => {
    const semaphore = new KeyedSemaphore(1);
    const failed = semaphore.run('a', soon(), () => Promise.reject(new Error('away')));
    const next = semaphore.run('a', soon(), () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('away');
    expect(await next).toBe('done');
  });
});
