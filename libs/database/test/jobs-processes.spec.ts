import { type Job, type JobKind } from '@tidegate/database';
import { eventually } from '@tidegate/testing';
import {
  ACME,
  gate,
  job,
  keys,
  local,
  localJob,
  LOST,
  NOT_STORED,
  noteKey,
  OTHER,
  remote,
  TAKEN_OVER,
  TestJobs,
} from './job-harness.js';

const jobs = TestJobs.use();

describe('Jobs in several processes', () => {
  it('remote work is shared, and each job runs once', async () => {
    await jobs.add(...keys('', 40).map((key) => job(key)));
    const started = new Set<number>();
    const both = gate();
    jobs.databases.forEach((database, index) => {
      const run = async ({ key }: Job) => {
        if (started.add(index).size === 2) both.open();
        await both.opened;
        return key;
      };
      jobs.runner([remote(run)], { database }).start();
    });
    await jobs.eventuallyNone();
    expect(await jobs.notes()).toEqual(keys('', 40).sort());
    expect(jobs.logged).toEqual([]);
  });

  it('local work is shared, and each job is settled once', async () => {
    await jobs.add(...keys('', 200).map((key) => localJob(key, { integrationId: Number(key) % 2 ? ACME : OTHER })));
    for (const database of jobs.databases) jobs.runner([local(noteKey)], { database }).start();
    await jobs.eventuallyNone();
    expect(await jobs.notes()).toEqual(keys('', 200).sort());
  });

  it('a job whose lease runs out during a call is taken over, and the late settle does nothing', async () => {
    await jobs.add(job('a'));
    const call = gate();
    const late = jobs.runner([remote(() => call.opened.then(() => 'late'), { concurrency: 1 })]);
    late.start();
    await jobs.eventuallyLeased();
    await jobs.endLeases();
    await jobs.runner([remote(async () => 'in time')], { database: jobs.databases[1] }).drain();
    expect(await jobs.notes()).toEqual(['in time']);
    call.open();
    await late.stop();
    expect(await jobs.notes()).toEqual(['in time']);
    expect(jobs.messages()).toEqual([
      ['warn', TAKEN_OVER, 'a'],
      ['warn', LOST, 'a'],
    ]);
  });

  it('a late settle or failure does not touch a job that was deleted, added and leased again', async () => {
    await jobs.add(job('a'));
    const calls = [gate(), gate()];
    const late = [
      jobs.runner([remote(() => calls[0]!.opened.then(() => 'late'), { concurrency: 1 })]),
      jobs.runner([remote(() => calls[1]!.opened.then(() => Promise.reject(new Error('late'))), { concurrency: 1 })]),
    ];
    for (const each of late) {
      each.start();
      await jobs.eventuallyLeased();
      await jobs.endLeases();
    }
    const inTime = [gate(), gate()];
    let count = 0;
    const run = async () => {
      const index = count++;
      await inTime[index]!.opened;
      return `call ${index}`;
    };
    jobs.runner([remote(run)], { database: jobs.databases[1] }).start();
    inTime[0]!.open();
    await jobs.eventuallyNone();
    await jobs.add(job('a'));
    await jobs.eventuallyLeased();
    for (const call of calls) call.open();
    for (const each of late) await each.stop();
    expect(await jobs.rows('run_at, attempts, last_error')).toEqual([{ run_at: null, attempts: 0, last_error: null }]);
    inTime[1]!.open();
    await jobs.eventuallyNone();
    expect(await jobs.notes()).toEqual(['call 0', 'call 1']);
  });

  it('a job is not taken over while it settles, also after its lease', async () => {
    await jobs.add(job('a'));
    const [settling, settled] = [gate(), gate()];
    const settle: JobKind['settle'] = async (tx, each) => {
      settling.open();
      await settled.opened;
      await noteKey(tx, each);
    };
    const run = async () => (await jobs.endLeases(), 'late');
    const late = jobs.runner([{ ...remote(run), settle }]);
    late.start();
    await settling.opened;
    await jobs.runner([remote(async () => 'taken over')], { database: jobs.databases[1] }).drain();
    settled.open();
    await late.stop();
    expect(await jobs.notes()).toEqual(['a']);
    expect(jobs.logged).toEqual([]);
  });

  it('a lease is longer after one that ran out and after a failure, so that a slow process gets enough time', async () => {
    await jobs.add(...['failed', 'first', 'taken over'].map((key) => job(key)));
    await jobs.query(`UPDATE identity.jobs SET attempts = 1 WHERE key = 'failed'`);
    await jobs.query(
      `UPDATE identity.jobs SET lease = gen_random_uuid(), lease_until = now() WHERE key = 'taken over'`,
    );
    const [started, call, calls] = [gate(), gate(), new Set<string>()];
    const run = async ({ key }: Job) => {
      if (calls.add(key).size === 3) started.open();
      return call.opened.then(() => key);
    };
    jobs.runner([remote(run, { concurrency: 3 })]).start();
    await started.opened;
    const longer = `lease_until > (SELECT lease_until FROM identity.jobs WHERE key = 'first') AS longer`;
    expect(await jobs.rows(`key, ${longer}`)).toEqual([
      { key: 'failed', longer: true },
      { key: 'first', longer: false },
      { key: 'taken over', longer: true },
    ]);
    call.open();
    await jobs.eventuallyNone();
  });

  it('a crash between the call and the settle repeats the call', async () => {
    await jobs.add(job('a'));
    let calls = 0;
    const crashing = await jobs.open();
    const run = async () => {
      calls++;
      await crashing.close(); // nothing that this process does afterwards is stored
      return 'lost';
    };
    const crashed = jobs.runner([remote(run, { concurrency: 1 })], { database: crashing });
    crashed.start();
    await eventually(() => expect(jobs.messages()).toContainEqual(['warn', NOT_STORED, 'a']));
    await crashed.stop();
    const survivor = jobs.runner([remote(async () => (calls++, 'repeated'))], { database: jobs.databases[1] });
    await survivor.drain();
    expect(calls).toBe(1);
    await jobs.endLeases();
    await survivor.drain();
    expect(calls).toBe(2);
    expect(await jobs.notes()).toEqual(['repeated']);
    expect(await jobs.rows()).toEqual([]);
  });
});
