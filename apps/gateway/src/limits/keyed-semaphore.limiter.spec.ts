import { RecentKeys } from './recent-keys.limiter.js';
import { KeyedSemaphore } from './keyed-semaphore.limiter.js';

describe('KeyedSemaphore', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const soon = () => Date.now() + 60_000;

  /** Tasks that record their start and end on request. */
  const tasks = () => {
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string) => () => {
      started.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    };
    return { started, work, end: (name: string) => ends.get(name)!() };
  };

  it('limits concurrent tasks of a key, and runs the others in order of arrival', async () => {
    const { started, work, end } = tasks();
    const semaphore = new KeyedSemaphore(2);
    const [first, second, third, fourth] = ['1', '2', '3', '4'].map((name) => semaphore.run('a', soon(), work(name)));
    expect(started).toEqual(['1', '2']);
    end('2');
    expect(await second).toBe('2');
    expect(started).toEqual(['1', '2', '3']);
    end('1');
    end('3');
    await Promise.all([first, third]);
    expect(started).toEqual(['1', '2', '3', '4']);
    end('4');
    expect(await fourth).toBe('4');
  });

  it('pauses after a task for a multiple of its duration, up to a limit, while another key has tasks', async () => {
    const { started, work, end } = tasks();
    const recent = new RecentKeys();
    const semaphore = new KeyedSemaphore(1, { factor: 2, maxMs: 100 }, recent);
    const [first, second] = ['1', '2', '3'].map((name) => semaphore.run('a', soon(), work(name)));
    recent.add('b');
    jest.advanceTimersByTime(30);
    end('1');
    expect(await first).toBe('1');
    jest.advanceTimersByTime(59);
    expect(started).toEqual(['1']);
    await jest.advanceTimersByTimeAsync(1);
    expect(started).toEqual(['1', '2']);
    jest.advanceTimersByTime(5_000);
    recent.add('b');
    end('2');
    expect(await second).toBe('2');
    await jest.advanceTimersByTimeAsync(99);
    expect(started).toEqual(['1', '2']);
    await jest.advanceTimersByTimeAsync(1);
    expect(started).toEqual(['1', '2', '3']);
  });

  it('does not pause when no other key had tasks in the last second', async () => {
    const { started, work, end } = tasks();
    const recent = new RecentKeys();
    recent.add('b');
    const semaphore = new KeyedSemaphore(1, { factor: 2, maxMs: 100 }, recent);
    const [first] = ['1', '2'].map((name) => semaphore.run('a', soon(), work(name)));
    jest.advanceTimersByTime(1_000);
    end('1');
    await first;
    expect(started).toEqual(['1', '2']);
  });

  it('does not make one key wait for another', () => {
    const { started, work } = tasks();
    const semaphore = new KeyedSemaphore(1);
    for (const name of ['1', '2', '3']) void semaphore.run('a', soon(), work(name));
    void semaphore.run('b', soon(), work('other'));
    expect(started).toEqual(['1', 'other']);
  });

  it('does not start a task whose deadline passed while waiting, and continues with the next', async () => {
    const { started, work, end } = tasks();
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
    expect(started).toEqual(['1', '3']);
    end('3');
    await third;
  });

  it('starts the next task when one fails', async () => {
    const semaphore = new KeyedSemaphore(1);
    const failed = semaphore.run('a', soon(), () => Promise.reject(new Error('away')));
    const next = semaphore.run('a', soon(), () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('away');
    expect(await next).toBe('done');
  });
});
