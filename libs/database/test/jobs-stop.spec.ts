import { type Job } from '@tidegate/database';
import { gate, job, keys, local, localJob, noteKey, remote, TestJobs } from './job-harness.js';

const jobs = TestJobs.use();

describe('A runner of jobs that stops', () => {
  /** A call that ends only when its signal is aborted. */
  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));

  it('aborts its calls, and the next runner does their jobs at once', async () => {
    await jobs.add(job('a', { urgent: true }), job('b'));
    const [started, calls] = [gate(), new Set<string>()];
    const run = (each: Job, signal: AbortSignal) => {
      if (calls.add(each.key).size === 2) started.open();
      return untilAborted(signal);
    };
    const stopping = jobs.runner([remote(run)]);
    stopping.start();
    await started.opened;
    await stopping.stop();
    expect(await jobs.rows('key, urgent, attempts, last_error, lease, run_at <= now() AS due')).toEqual([
      { key: 'a', urgent: true, attempts: 0, last_error: null, lease: null, due: true },
      { key: 'b', urgent: false, attempts: 0, last_error: null, lease: null, due: true },
    ]);
    await jobs.runner([remote(async ({ key }) => key)], { database: jobs.databases[1] }).drain();
    expect(await jobs.notes()).toEqual(['a', 'b']);
    expect(jobs.logged).toEqual([]);
  });

  it('starts no call', async () => {
    await jobs.add(job('a'));
    const stopping = jobs.runner([remote((_, signal) => untilAborted(signal))]);
    await stopping.stop();
    await stopping.drain();
    expect(await jobs.rows('key, attempts, lease')).toEqual([{ key: 'a', attempts: 0, lease: null }]);
  });

  it('finishes the local jobs that it has leased', async () => {
    await jobs.add(...keys('', 5).map((key) => localJob(key)));
    const [started, settled] = [gate(), gate()];
    const stopping = jobs.runner([
      local(async (tx, each) => {
        started.open();
        await settled.opened;
        await noteKey(tx, each);
      }),
    ]);
    stopping.start();
    await started.opened;
    const stopped = stopping.stop();
    settled.open();
    await stopped;
    expect(await jobs.notes()).toEqual(keys('', 5));
    expect(await jobs.rows()).toEqual([]);
  });

  it('waits for calls that ignore its signal, keeps their results, and leaves the other jobs', async () => {
    await jobs.add(...keys('', 5).map((key) => job(key)));
    const [started, call] = [gate(), gate()];
    const stopping = jobs.runner([remote(({ key }) => (started.open(), call.opened.then(() => key)))]);
    stopping.start();
    await started.opened;
    const stopped = stopping.stop();
    call.open();
    await stopped;
    expect(await jobs.notes()).toEqual(['0', '1']);
    expect(await jobs.rows('key, lease')).toEqual(['2', '3', '4'].map((key) => ({ key, lease: null })));
  });
});
