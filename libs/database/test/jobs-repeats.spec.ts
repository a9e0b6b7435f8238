import { backoffSql, type Job, type Tx } from '@tidegate/database';
import { createMetrics } from '@tidegate/observability';
import { eventually } from '@tidegate/testing';
import { ACME, ago, FAILED, local, localJob, msAfter, noteKey, OVERDUE, TestJobs } from './job-harness.js';

const jobs = TestJobs.use();

describe('Jobs that run again', () => {
  it('run at the time that settle returns, with the age of that time', async () => {
    await jobs.add(localJob('a', { at: ago(60) }));
    const at = new Date(Date.now() + 3_600_000);
    await jobs.runner([local(async () => ({ at }))]).drain();
    expect(await jobs.rows('due_since, attempts, lease')).toEqual([{ due_since: at, attempts: 0, lease: null }]);
    expect(await jobs.rows('run_at')).toEqual([{ run_at: msAfter(at) }]);
  });

  it('run after the seconds that settle returns, and keep their age', async () => {
    await jobs.add(localJob('a', { at: ago(60) }));
    await jobs.runner([local(async () => ({ retryInSeconds: 600 }))]).drain();
    expect(
      await jobs.rows(`due_since < now() - interval '59 seconds' AS old, attempts, lease,
        run_at BETWEEN now() + interval '500 seconds' AND now() + interval '600 seconds' AS later`),
    ).toEqual([{ old: true, later: true, attempts: 0, lease: null }]);
  });

  it('are not run before their time, and then without a wake signal', async () => {
    const at = new Date(Date.now() + 700);
    let isEarly: unknown;
    const settle = async (tx: Tx) => {
      isEarly = (await tx.row<{ early: boolean }>('SELECT now() < $1 AS early', [at]))?.early;
    };
    jobs.runner([local(settle)]).start();
    await jobs.add(localJob('a', { at }));
    await jobs.eventuallyNone();
    expect(isEarly).toBe(false);
  });

  it('follow the clock of the database, not that of the process', async () => {
    await jobs.add(localJob('due'), localJob('later', { at: new Date(Date.now() + 3_600_000) }));
    const settled: string[] = [];
    const process = jobs.runner([local(async (_, { key }) => void settled.push(key))]);
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now');
    try {
      for (const offset of [-86_400_000, 86_400_000]) {
        clock.mockReturnValue(now + offset);
        await process.drain();
      }
    } finally {
      clock.mockRestore();
    }
    expect(settled).toEqual(['due']);
    await jobs.makeDue();
    await process.drain();
    expect(settled).toEqual(['due', 'later']);
  });
});

describe('Jobs that fail', () => {
  it('keep their place, are repeated without limit and raise an alarm, while others go on', async () => {
    const metrics = createMetrics('test');
    let isBroken = true;
    const settle = async (tx: Tx, each: Job) => {
      await noteKey(tx, each);
      if (isBroken && each.key === 'poison') throw new Error(`\0${'x'.repeat(600)}`);
    };
    const process = jobs.runner([local(settle)], { metrics });
    await jobs.add(localJob('poison', { urgent: true }));
    for (let attempt = 1; attempt <= 12; attempt++) {
      await jobs.add(localJob(`other${attempt}`));
      await process.drain();
      expect(await jobs.notes()).toHaveLength(attempt);
      expect(
        await jobs.rows(`key, attempts, urgent, lease, length(last_error) AS length,
          run_at > now() AND run_at <= now() + interval '60 seconds' AS later`),
      ).toEqual([{ key: 'poison', attempts: attempt, urgent: true, lease: null, length: 500, later: true }]);
      if (attempt === 11) await jobs.query(`UPDATE identity.jobs SET due_since = now() - interval '31 seconds'`);
      await jobs.makeDue();
    }
    expect(jobs.messages()).toEqual([
      ...Array.from({ length: 11 }, () => ['warn', FAILED, 'poison']),
      ['error', OVERDUE, 'poison'],
    ]);
    expect(jobs.logged.at(-1)).toMatchObject({ kind: 'local', integrationId: ACME, attempts: 12, requestId: 'test' });
    await eventually(async () => expect(await metrics.text()).toMatch(/tidegate_jobs_overdue\{kind="local".*\} 1\n/));
    isBroken = false;
    await process.drain();
    expect(await jobs.notes()).toContain('poison');
    await eventually(async () => expect(await metrics.text()).toMatch(/tidegate_jobs_overdue\{kind="local".*\} 0\n/));
    const text = await metrics.text();
    expect(text).toMatch(/tidegate_job_duration_seconds_count\{.*outcome="failed".*\} 12/);
    expect(text).toMatch(/tidegate_job_duration_seconds_count\{.*outcome="done".*\} 13/);
    expect(text).toMatch(/tidegate_jobs_(due|running)\{kind="local".*\} 0/);
  });

  it('raise an alarm with the message of their kind', async () => {
    const alarmMessage = ({ key }: Job) => `The delivery of ${key} is late`;
    const settle = async () => Promise.reject(new Error('unreachable'));
    await jobs.add(localJob('a', { at: ago(31) }));
    await jobs.runner([local(settle, { alarmMessage })]).drain();
    expect(jobs.messages()).toEqual([['error', 'The delivery of a is late', 'a']]);
  });

  it('are delayed by the same back-off in SQL as in JavaScript', async () => {
    const rows = await jobs.query(
      `SELECT extract(epoch FROM ${backoffSql('n')})::float8 AS seconds FROM generate_series(0, 20) AS n`,
    );
    rows.forEach(({ seconds }, attempts) => {
      const doubled = 0.5 * 2 ** Math.min(attempts, 7);
      expect(seconds).toBeGreaterThanOrEqual(Math.min(60, doubled * 0.8) - 0.001);
      expect(seconds).toBeLessThanOrEqual(Math.min(60, doubled * 1.2) + 0.001);
    });
  });
});
