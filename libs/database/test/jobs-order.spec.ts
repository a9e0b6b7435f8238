import { type Job } from '@tidegate/database';
import { eventually } from '@tidegate/testing';
import { ACME, ago, gate, job, keys, local, localJob, noteKey, OTHER, remote, TestJobs } from './job-harness.js';

const jobs = TestJobs.use();

describe('Jobs by priority and limits', () => {
  it('urgent jobs run first, then jobs in the order of their time', async () => {
    await jobs.add(
      job('third', { at: ago(10) }),
      job('second', { at: ago(60), integrationId: OTHER }),
      job('first', { urgent: true }),
    );
    const order: string[] = [];
    await jobs.runner([remote(async ({ key }) => (order.push(key), key), { concurrency: 1 })]).drain();
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('a process runs as many jobs of a kind at a time as its concurrency, and not more', async () => {
    await jobs.add(...keys('', 9).map((key) => job(key)));
    const three = gate();
    let [now, most] = [0, 0];
    const run = async ({ key }: Job) => {
      most = Math.max(most, ++now);
      if (now === 3) three.open();
      await three.opened;
      now--;
      return key;
    };
    await jobs.runner([remote(run, { concurrency: 3 })]).drain();
    expect(most).toBe(3);
    expect(await jobs.notes()).toHaveLength(9);
  });

  it('a hanging integration stalls neither another integration nor another kind', async () => {
    await jobs.add(...keys('hanging', 10).map((key) => job(key)), job('b', { integrationId: OTHER }), localJob('c'));
    const call = gate();
    const started: Record<string, number> = { [ACME]: 0, [OTHER]: 0 };
    const run = async ({ key, integrationId }: Job) => {
      started[integrationId]!++;
      if (integrationId === ACME) await call.opened;
      return key;
    };
    const kinds = [remote(run, { concurrency: 4, concurrencyPerIntegration: 2 }), local(noteKey)];
    for (const database of jobs.databases) jobs.runner(kinds, { database }).start();
    await eventually(async () => expect(await jobs.notes()).toEqual(['b', 'c']));
    await eventually(() => expect(started).toEqual({ [ACME]: 2, [OTHER]: 1 }));
    // Further claims, in both processes, do not exceed the limit either.
    await jobs.add(...keys('more', 8).map((key) => job(key, { integrationId: OTHER })));
    await eventually(async () => expect(await jobs.notes()).toHaveLength(10));
    expect(started).toEqual({ [ACME]: 2, [OTHER]: 9 });
    call.open();
    await jobs.eventuallyNone();
  });

  it('integrations take turns', async () => {
    await jobs.add(...keys('a', 20).map((key) => job(key, { at: ago(60) })), job('b', { integrationId: OTHER }));
    const order: string[] = [];
    await jobs.runner([remote(async ({ key }) => (order.push(key), key))]).drain();
    expect(order).toHaveLength(21);
    expect(order.slice(0, 2)).toContain('b');
  });

  it('a call that exceeds its time is aborted and fails, and frees its place', async () => {
    await jobs.add(job('a'));
    let aborted: unknown;
    const run = (_: Job, signal: AbortSignal) =>
      new Promise<string>(() => signal.addEventListener('abort', () => (aborted = signal.reason)));
    await jobs.runner([remote(run, { runSeconds: 0.05 })]).drain();
    expect(await jobs.rows('attempts, last_error, lease')).toEqual([
      { attempts: 1, last_error: 'Error: no response within 0.05 s', lease: null },
    ]);
    await eventually(() => expect(aborted).toMatchObject({ message: 'no response within 0.05 s' }));
  });
});
