import { addJobs, type Job } from '@tidegate/database';
import { TEST_CAUSE } from '@tidegate/testing';
import { ago, FAILED, job, local, localJob, msAfter, noteKey, remote, SCHEMA, TestJobs } from './job-harness.js';

const jobs = TestJobs.use();

describe('Jobs that are added', () => {
  const woken: (readonly string[])[] = [];
  beforeEach(() => {
    woken.splice(0);
    jobs.databases[0].onJobsCommitted((kinds) => woken.push(kinds));
  });

  it('wake the workers of their kinds once, after the commit', async () => {
    await jobs.databases[0].unscoped(async (tx) => {
      await addJobs(tx, SCHEMA, [job('a'), job('b'), localJob('c', { at: ago(1) })]);
      await addJobs(tx, SCHEMA, [job('d')]);
      expect(woken).toEqual([]);
    });
    expect(woken).toEqual([['remote', 'local']]);
  });

  it('wake no worker when they are due later, or rolled back', async () => {
    await jobs.add(job('later', { at: new Date(Date.now() + 3_600_000) }));
    const failed = jobs.databases[0].unscoped(async (tx) => {
      await addJobs(tx, SCHEMA, [job('a')]);
      throw new Error('conflict');
    });
    await expect(failed).rejects.toThrow('conflict');
    expect(woken).toEqual([]);
    expect(await jobs.rows()).toEqual([{ key: 'later' }]);
  });

  it('wake the runner of the database', async () => {
    const made = jobs.runner([local(noteKey)]);
    const wake = jest.spyOn(made, 'wake');
    await jobs.add(localJob('a'));
    expect(wake.mock.calls).toEqual([['local']]);
    await made.drain();
    expect(await jobs.notes()).toEqual(['a']);
  });
});

describe('Jobs that are added again', () => {
  it('while a call runs do not wait for it, and run again', async () => {
    await jobs.add(job('a'));
    let calls = 0;
    const run = async ({ key, requestId }: Job) => {
      if (++calls === 1) await jobs.add(job(key, { requestId: 'second' })); // with a lock on the job, this would not end
      return requestId;
    };
    await jobs.runner([remote(run)]).drain();
    expect(calls).toBe(2);
    expect(await jobs.notes()).toEqual(['second', TEST_CAUSE.requestId]);
    expect(await jobs.rows()).toEqual([]);
    expect(jobs.logged).toEqual([]);
  });

  it('while a call runs for a later time run again at that time', async () => {
    await jobs.add(job('a', { at: ago(60) }));
    const later = new Date(Date.now() + 3_600_000);
    await jobs.runner([remote(async ({ key }) => (await jobs.add(job(key, { at: later })), key))]).drain();
    expect(await jobs.rows('run_at, due_since, lease, attempts')).toEqual([
      { run_at: msAfter(later), due_since: later, lease: null, attempts: 0 },
    ]);
  });

  it('while a call runs that fails are tried at once, as urgent and as old as the failed work', async () => {
    await jobs.add(job('a', { urgent: true, at: ago(60) }));
    let calls = 0;
    const run = async (each: Job) => {
      if (++calls > 1) return `${each.urgent} ${each.dueSince.getTime() < Date.now() - 59_000}`;
      await jobs.add(job('a'));
      throw new Error('unreachable');
    };
    await jobs.runner([remote(run, { alarmAfterSeconds: 3_600 })]).drain();
    expect(await jobs.notes()).toEqual(['true true']);
    expect(jobs.messages()).toEqual([['warn', FAILED, 'a']]);
  });

  it('keep the earlier time and the higher urgency, and the cause of urgent work', async () => {
    const at = new Date(Date.now() + 3_600_000);
    const row = () => jobs.rows('run_at < now() AS due, urgent, request_id, attempts');
    await jobs.add(job('a', { at, requestId: 'first' }));
    await jobs.add(job('a', { at: new Date(at.getTime() + 1), requestId: 'second' }));
    expect(await jobs.rows('run_at')).toEqual([{ run_at: msAfter(at) }]);
    await jobs.query('UPDATE identity.jobs SET attempts = 5');
    await jobs.add(job('a', { at: ago(1), urgent: true, requestId: 'urgent' }));
    expect(await row()).toEqual([{ due: true, urgent: true, request_id: 'urgent', attempts: 0 }]);
    await jobs.add(job('a', { requestId: 'late' }));
    expect(await row()).toEqual([{ due: true, urgent: true, request_id: 'urgent', attempts: 0 }]);
  });

  it('in one call are one job', async () => {
    const at = new Date(Date.now() + 3_600_000);
    await jobs.add(job('a', { at }), job('a', { urgent: true, requestId: 'urgent' }), job('a'));
    expect(await jobs.rows('run_at <= now() AS due, urgent, request_id')).toEqual([
      { due: true, urgent: true, request_id: 'urgent' },
    ]);
  });
});
