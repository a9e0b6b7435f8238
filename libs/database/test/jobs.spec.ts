import {
  addJobs,
  backoffSql,
  currentMessagingTables,
  Database,
  type DatabaseOptions,
  integrationTable,
  type Job,
  type JobKind,
  JobRunner,
  jobsTable,
  type NewJob,
  type NextRun,
  type Tx,
} from '@tidegate/database';
import {
  createLogger,
  createMetrics,
  currentRequestId,
  currentTrace,
  newTrace,
  withTrace,
} from '@tidegate/observability';
import { emptyDatabase, eventually, TEST_CAUSE } from '@tidegate/testing';
import pg from 'pg';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';

const SCHEMA = 'identity';
const ACME = uuidv7();
const OTHER = uuidv7();

class Tables1700000000000 implements MigrationInterface {
  name = 'Tables1700000000000';
  async up(runner: QueryRunner): Promise<void> {
    const notes = ['CREATE TABLE identity.notes (integration_id uuid NOT NULL, text text NOT NULL)'];
    for (const sql of [...currentMessagingTables(SCHEMA), ...jobsTable(SCHEMA).up, ...notes]) await runner.query(sql);
    for (const sql of integrationTable('identity.notes')) await runner.query(sql);
  }
  async down(): Promise<void> {}
}

/** A promise and its `resolve`. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('Jobs', () => {
  let empty: Awaited<ReturnType<typeof emptyDatabase>>;
  let owner: pg.Pool;
  let databases: [Database, Database];
  let options: DatabaseOptions;
  let logged: { level: string; msg: string; jobKey?: string; [field: string]: unknown }[];
  let runners: JobRunner[];

  beforeAll(async () => {
    empty = await emptyDatabase();
    options = { url: empty.url, schema: SCHEMA, migrations: [Tables1700000000000], poolSize: 5 };
    databases = [await Database.open(options), await Database.open(options)];
    owner = new pg.Pool({ connectionString: empty.url, max: 2 });
    owner.on('error', () => undefined); // dropping the database ends idle connections
  });
  afterAll(async () => {
    for (const database of databases) await database.close();
    await owner.end();
    await empty.drop();
  });
  beforeEach(() => {
    logged = [];
    runners = [];
  });
  afterEach(async () => {
    for (const runner of runners) await runner.stop();
    await owner.query('DELETE FROM identity.jobs');
    await owner.query('DELETE FROM identity.notes');
  });

  /** The runner of one process. */
  const runner = (kinds: JobKind[], { database = databases[0], metrics = createMetrics('test') } = {}) => {
    const destination = { write: (line: string) => void logged.push(JSON.parse(line)) };
    const made = new JobRunner(database, kinds, createLogger({ service: 'test', destination }), metrics);
    runners.push(made);
    return made;
  };
  /** A local kind. */
  const local = (settle: (tx: Tx, job: Job) => Promise<NextRun | void>, kind: Partial<JobKind> = {}): JobKind => ({
    name: 'local',
    concurrency: 2,
    alarmAfterSeconds: 30,
    ...kind,
    settle,
  });
  /** A remote kind, whose `settle` stores the result of `run` as a note. */
  const remote = (run: (job: Job, signal: AbortSignal) => Promise<string>, kind: Partial<JobKind> = {}): JobKind => ({
    name: 'remote',
    concurrency: 2,
    alarmAfterSeconds: 30,
    ...kind,
    run,
    settle: (tx, job, result) => note(tx, job, String(result)),
  });
  const note = async (tx: Tx, { integrationId }: Job, text: string) => {
    await tx.run('INSERT INTO identity.notes VALUES ($1, $2)', [integrationId, text]);
  };
  const noteKey = (tx: Tx, each: Job) => note(tx, each, each.key);
  const notes = async () => (await owner.query('SELECT text FROM identity.notes')).rows.map(({ text }) => text).sort();
  const jobs = async (columns = 'key') =>
    (await owner.query(`SELECT ${columns} FROM identity.jobs ORDER BY key, integration_id`)).rows;
  const noJobs = () => eventually(async () => expect(await jobs()).toEqual([]));
  const job = (key: string, fields: Partial<NewJob> = {}): NewJob => ({
    kind: 'remote',
    integrationId: ACME,
    key,
    ...TEST_CAUSE,
    ...fields,
  });
  const localJob = (key: string, fields: Partial<NewJob> = {}) => job(key, { kind: 'local', ...fields });
  const add = (...added: NewJob[]) => databases[0].unscoped((tx) => addJobs(tx, SCHEMA, added));
  const keys = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  /** When a job with the time `at` runs: not before it, because a Date has no microseconds. */
  const msAfter = (at: Date) => new Date(at.getTime() + 1);
  const endLeases = () => owner.query(`UPDATE identity.jobs SET lease_until = now() - interval '1 second'`);
  const makeDue = () => owner.query(`UPDATE identity.jobs SET run_at = now() - interval '1 second'`);
  const eventuallyLeased = () =>
    eventually(async () => expect(await jobs('lease_until > now() AS leased')).toEqual([{ leased: true }]));
  const loggedMessages = () => logged.map(({ level, msg, jobKey }) => [level, msg, jobKey]);

  const LOST = 'A job ended after its lease: its result is ignored';
  const TAKEN_OVER = 'The lease of a job ran out: it is repeated';
  const FAILED = 'A job failed: it is repeated';
  const OVERDUE = 'A job is overdue: it fails again and again';
  const NOT_STORED = 'The failure of a job is not stored: it is repeated after its lease';

  describe('in several processes', () => {
    it('remote work is shared, and each job runs once', async () => {
      await add(...keys('', 40).map((key) => job(key)));
      const started = new Set<number>();
      const both = gate();
      databases.forEach((database, index) => {
        const run = async ({ key }: Job) => {
          if (started.add(index).size === 2) both.open();
          await both.opened;
          return key;
        };
        runner([remote(run)], { database }).start();
      });
      await noJobs();
      expect(await notes()).toEqual(keys('', 40).sort());
      expect(logged).toEqual([]);
    });

    it('local work is shared, and each job is settled once', async () => {
      await add(...keys('', 200).map((key) => localJob(key, { integrationId: Number(key) % 2 ? ACME : OTHER })));
      for (const database of databases) runner([local(noteKey)], { database }).start();
      await noJobs();
      expect(await notes()).toEqual(keys('', 200).sort());
    });

    it('a job whose lease runs out during a call is taken over, and the late settle does nothing', async () => {
      await add(job('a'));
      const call = gate();
      const late = runner([remote(() => call.opened.then(() => 'late'), { concurrency: 1 })]);
      late.start();
      await eventuallyLeased();
      await endLeases();
      await runner([remote(async () => 'in time')], { database: databases[1] }).drain();
      expect(await notes()).toEqual(['in time']);
      call.open();
      await late.stop();
      expect(await notes()).toEqual(['in time']);
      expect(loggedMessages()).toEqual([
        ['warn', TAKEN_OVER, 'a'],
        ['warn', LOST, 'a'],
      ]);
    });

    it('a late settle or failure does not touch a job that was deleted, added and leased again', async () => {
      await add(job('a'));
      const calls = [gate(), gate()];
      const late = [
        runner([remote(() => calls[0]!.opened.then(() => 'late'), { concurrency: 1 })]),
        runner([remote(() => calls[1]!.opened.then(() => Promise.reject(new Error('late'))), { concurrency: 1 })]),
      ];
      for (const each of late) {
        each.start();
        await eventuallyLeased();
        await endLeases();
      }
      const inTime = [gate(), gate()];
      let count = 0;
      const run = async () => {
        const index = count++;
        await inTime[index]!.opened;
        return `call ${index}`;
      };
      runner([remote(run)], { database: databases[1] }).start();
      inTime[0]!.open();
      await noJobs();
      await add(job('a'));
      await eventuallyLeased();
      for (const call of calls) call.open();
      for (const each of late) await each.stop();
      expect(await jobs('run_at, attempts, last_error')).toEqual([{ run_at: null, attempts: 0, last_error: null }]);
      inTime[1]!.open();
      await noJobs();
      expect(await notes()).toEqual(['call 0', 'call 1']);
    });

    it('a crash between the call and the settle repeats the call', async () => {
      await add(job('a'));
      let calls = 0;
      const crashing = await Database.open(options);
      const run = async () => {
        calls++;
        await crashing.close(); // nothing that this process does afterwards is stored
        return 'lost';
      };
      const crashed = runner([remote(run, { concurrency: 1 })], { database: crashing });
      crashed.start();
      await eventually(() => expect(loggedMessages()).toContainEqual(['warn', NOT_STORED, 'a']));
      await crashed.stop();
      const survivor = runner([remote(async () => (calls++, 'repeated'))], { database: databases[1] });
      await survivor.drain();
      expect(calls).toBe(1);
      await endLeases();
      await survivor.drain();
      expect(calls).toBe(2);
      expect(await notes()).toEqual(['repeated']);
      expect(await jobs()).toEqual([]);
    });
  });

  describe('by priority and limits', () => {
    it('urgent jobs run first, then jobs in the order of their time', async () => {
      await add(
        job('third', { at: ago(10) }),
        job('second', { at: ago(60), integrationId: OTHER }),
        job('first', { urgent: true }),
      );
      const order: string[] = [];
      await runner([remote(async ({ key }) => (order.push(key), key), { concurrency: 1 })]).drain();
      expect(order).toEqual(['first', 'second', 'third']);
    });

    it('a process runs as many jobs of a kind at a time as its concurrency, and not more', async () => {
      await add(...keys('', 9).map((key) => job(key)));
      const three = gate();
      let [now, most] = [0, 0];
      const run = async ({ key }: Job) => {
        most = Math.max(most, ++now);
        if (now === 3) three.open();
        await three.opened;
        now--;
        return key;
      };
      await runner([remote(run, { concurrency: 3 })]).drain();
      expect(most).toBe(3);
      expect(await notes()).toHaveLength(9);
    });

    it('a hanging integration stalls neither another integration nor another kind', async () => {
      await add(...keys('hanging', 10).map((key) => job(key)), job('b', { integrationId: OTHER }), localJob('c'));
      const call = gate();
      const started: Record<string, number> = { [ACME]: 0, [OTHER]: 0 };
      const run = async ({ key, integrationId }: Job) => {
        started[integrationId]!++;
        if (integrationId === ACME) await call.opened;
        return key;
      };
      const kinds = [remote(run, { concurrency: 4, concurrencyPerIntegration: 2 }), local(noteKey)];
      for (const database of databases) runner(kinds, { database }).start();
      await eventually(async () => expect(await notes()).toEqual(['b', 'c']));
      await eventually(() => expect(started).toEqual({ [ACME]: 2, [OTHER]: 1 }));
      // Further claims, in both processes, do not exceed the limit either.
      await add(...keys('more', 8).map((key) => job(key, { integrationId: OTHER })));
      await eventually(async () => expect(await notes()).toHaveLength(10));
      expect(started).toEqual({ [ACME]: 2, [OTHER]: 9 });
      call.open();
      await noJobs();
    });

    it('integrations take turns', async () => {
      await add(...keys('a', 20).map((key) => job(key, { at: ago(60) })), job('b', { integrationId: OTHER }));
      const order: string[] = [];
      await runner([remote(async ({ key }) => (order.push(key), key))]).drain();
      expect(order).toHaveLength(21);
      expect(order.slice(0, 2)).toContain('b');
    });

    it('a call that exceeds its time is aborted and fails, and frees its place', async () => {
      await add(job('a'));
      let aborted: unknown;
      const run = (_: Job, signal: AbortSignal) =>
        new Promise<string>(() => signal.addEventListener('abort', () => (aborted = signal.reason)));
      await runner([remote(run, { runSeconds: 0.05 })]).drain();
      expect(await jobs('attempts, last_error, lease')).toEqual([
        { attempts: 1, last_error: 'Error: no response within 0.05 s', lease: null },
      ]);
      await eventually(() => expect(aborted).toMatchObject({ name: 'TimeoutError' }));
    });

    it('a runner that stops finishes its jobs and leaves the others', async () => {
      await add(...keys('', 5).map((key) => job(key)));
      const [started, call] = [gate(), gate()];
      const stopping = runner([remote(({ key }) => (started.open(), call.opened.then(() => key)))]);
      stopping.start();
      await started.opened;
      const stopped = stopping.stop();
      call.open();
      await stopped;
      expect(await notes()).toEqual(['0', '1']);
      expect(await jobs('key, lease')).toEqual(['2', '3', '4'].map((key) => ({ key, lease: null })));
    });
  });

  describe('that are added', () => {
    const woken: (readonly string[])[] = [];
    beforeEach(() => {
      woken.splice(0);
      databases[0].onJobsCommitted((kinds) => woken.push(kinds));
    });

    it('wake the workers of their kinds once, after the commit', async () => {
      await databases[0].unscoped(async (tx) => {
        await addJobs(tx, SCHEMA, [job('a'), job('b'), localJob('c', { at: ago(1) })]);
        await addJobs(tx, SCHEMA, [job('d')]);
        expect(woken).toEqual([]);
      });
      expect(woken).toEqual([['remote', 'local']]);
    });

    it('wake no worker when they are due later, or rolled back', async () => {
      await add(job('later', { at: new Date(Date.now() + 3_600_000) }));
      const failed = databases[0].unscoped(async (tx) => {
        await addJobs(tx, SCHEMA, [job('a')]);
        throw new Error('conflict');
      });
      await expect(failed).rejects.toThrow('conflict');
      expect(woken).toEqual([]);
      expect(await jobs()).toEqual([{ key: 'later' }]);
    });

    it('wake the runner of the database', async () => {
      const made = runner([local(noteKey)]);
      const wake = jest.spyOn(made, 'wake');
      await add(localJob('a'));
      expect(wake.mock.calls).toEqual([['local']]);
      await made.drain();
      expect(await notes()).toEqual(['a']);
    });
  });

  describe('that are added again', () => {
    it('while a call runs do not wait for it, and run again', async () => {
      await add(job('a'));
      let calls = 0;
      const run = async ({ key, requestId }: Job) => {
        if (++calls === 1) await add(job(key, { requestId: 'second' })); // with a lock on the job, this would not end
        return requestId;
      };
      await runner([remote(run)]).drain();
      expect(calls).toBe(2);
      expect(await notes()).toEqual(['second', TEST_CAUSE.requestId]);
      expect(await jobs()).toEqual([]);
      expect(logged).toEqual([]);
    });

    it('while a call runs for a later time run again at that time', async () => {
      await add(job('a', { at: ago(60) }));
      const later = new Date(Date.now() + 3_600_000);
      await runner([remote(async ({ key }) => (await add(job(key, { at: later })), key))]).drain();
      expect(await jobs('run_at, due_since, lease, attempts')).toEqual([
        { run_at: msAfter(later), due_since: later, lease: null, attempts: 0 },
      ]);
    });

    it('while a call runs that fails are tried at once, as urgent and as old as the failed work', async () => {
      await add(job('a', { urgent: true, at: ago(60) }));
      let calls = 0;
      const run = async (each: Job) => {
        if (++calls > 1) return `${each.urgent} ${each.dueSince.getTime() < Date.now() - 59_000}`;
        await add(job('a'));
        throw new Error('unreachable');
      };
      await runner([remote(run, { alarmAfterSeconds: 3_600 })]).drain();
      expect(await notes()).toEqual(['true true']);
      expect(loggedMessages()).toEqual([['warn', FAILED, 'a']]);
    });

    it('keep the earlier time and the higher urgency, and the cause of urgent work', async () => {
      const at = new Date(Date.now() + 3_600_000);
      const row = () => jobs('run_at < now() AS due, urgent, request_id, attempts');
      await add(job('a', { at, requestId: 'first' }));
      await add(job('a', { at: new Date(at.getTime() + 1), requestId: 'second' }));
      expect(await jobs('run_at')).toEqual([{ run_at: msAfter(at) }]);
      await owner.query('UPDATE identity.jobs SET attempts = 5');
      await add(job('a', { at: ago(1), urgent: true, requestId: 'urgent' }));
      expect(await row()).toEqual([{ due: true, urgent: true, request_id: 'urgent', attempts: 0 }]);
      await add(job('a', { requestId: 'late' }));
      expect(await row()).toEqual([{ due: true, urgent: true, request_id: 'urgent', attempts: 0 }]);
    });

    it('in one call are one job', async () => {
      const at = new Date(Date.now() + 3_600_000);
      await add(job('a', { at }), job('a', { urgent: true, requestId: 'urgent' }), job('a'));
      expect(await jobs('run_at <= now() AS due, urgent, request_id')).toEqual([
        { due: true, urgent: true, request_id: 'urgent' },
      ]);
    });
  });

  describe('that run again', () => {
    it('run at the time that settle returns, with the age of that time', async () => {
      await add(localJob('a', { at: ago(60) }));
      const at = new Date(Date.now() + 3_600_000);
      await runner([local(async () => ({ at }))]).drain();
      expect(await jobs('due_since, attempts, lease')).toEqual([{ due_since: at, attempts: 0, lease: null }]);
      expect(await jobs('run_at')).toEqual([{ run_at: msAfter(at) }]);
    });

    it('run after the seconds that settle returns, and keep their age', async () => {
      await add(localJob('a', { at: ago(60) }));
      await runner([local(async () => ({ retryInSeconds: 600 }))]).drain();
      expect(
        await jobs(`due_since < now() - interval '59 seconds' AS old, attempts, lease,
          run_at BETWEEN now() + interval '500 seconds' AND now() + interval '600 seconds' AS later`),
      ).toEqual([{ old: true, later: true, attempts: 0, lease: null }]);
    });

    it('are not run before their time, and then without a wake signal', async () => {
      const at = new Date(Date.now() + 700);
      let isEarly: unknown;
      const settle = async (tx: Tx) => {
        isEarly = (await tx.row<{ early: boolean }>('SELECT now() < $1 AS early', [at]))?.early;
      };
      runner([local(settle)]).start();
      await add(localJob('a', { at }));
      await noJobs();
      expect(isEarly).toBe(false);
    });

    it('follow the clock of the database, not that of the process', async () => {
      await add(localJob('due'), localJob('later', { at: new Date(Date.now() + 3_600_000) }));
      const settled: string[] = [];
      const process = runner([local(async (_, { key }) => void settled.push(key))]);
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
      await makeDue();
      await process.drain();
      expect(settled).toEqual(['due', 'later']);
    });
  });

  describe('that fail', () => {
    it('keep their place, are repeated without limit and raise an alarm, while others go on', async () => {
      const metrics = createMetrics('test');
      let isBroken = true;
      const settle = async (tx: Tx, each: Job) => {
        await noteKey(tx, each);
        if (isBroken && each.key === 'poison') throw new Error(`\0${'x'.repeat(600)}`);
      };
      const process = runner([local(settle)], { metrics });
      await add(localJob('poison', { urgent: true }));
      for (let attempt = 1; attempt <= 12; attempt++) {
        await add(localJob(`other${attempt}`));
        await process.drain();
        expect(await notes()).toHaveLength(attempt);
        expect(
          await jobs(`key, attempts, urgent, lease, length(last_error) AS length,
            run_at > now() AND run_at <= now() + interval '60 seconds' AS later`),
        ).toEqual([{ key: 'poison', attempts: attempt, urgent: true, lease: null, length: 500, later: true }]);
        if (attempt === 11) await owner.query(`UPDATE identity.jobs SET due_since = now() - interval '31 seconds'`);
        await makeDue();
      }
      expect(loggedMessages()).toEqual([
        ...Array.from({ length: 11 }, () => ['warn', FAILED, 'poison']),
        ['error', OVERDUE, 'poison'],
      ]);
      expect(logged.at(-1)).toMatchObject({ kind: 'local', integrationId: ACME, attempts: 12, requestId: 'test' });
      await eventually(async () => expect(await metrics.text()).toMatch(/tidegate_jobs_overdue\{kind="local".*\} 1\n/));
      isBroken = false;
      await process.drain();
      expect(await notes()).toContain('poison');
      await eventually(async () => expect(await metrics.text()).toMatch(/tidegate_jobs_overdue\{kind="local".*\} 0\n/));
      const text = await metrics.text();
      expect(text).toMatch(/tidegate_job_duration_seconds_count\{.*outcome="failed".*\} 12/);
      expect(text).toMatch(/tidegate_job_duration_seconds_count\{.*outcome="done".*\} 13/);
      expect(text).toMatch(/tidegate_jobs_(due|running)\{kind="local".*\} 0/);
    });

    it('raise an alarm with the message of their kind', async () => {
      const alarmMessage = ({ key }: Job) => `The delivery of ${key} is late`;
      const settle = async () => Promise.reject(new Error('unreachable'));
      await add(localJob('a', { at: ago(31) }));
      await runner([local(settle, { alarmMessage })]).drain();
      expect(loggedMessages()).toEqual([['error', 'The delivery of a is late', 'a']]);
    });

    it('are delayed by the same back-off in SQL as in JavaScript', async () => {
      const { rows } = await owner.query(
        `SELECT extract(epoch FROM ${backoffSql('n')})::float8 AS seconds FROM generate_series(0, 20) AS n`,
      );
      rows.forEach(({ seconds }, attempts) => {
        const doubled = 0.5 * 2 ** Math.min(attempts, 7);
        expect(seconds).toBeGreaterThanOrEqual(Math.min(60, doubled * 0.8) - 0.001);
        expect(seconds).toBeLessThanOrEqual(Math.min(60, doubled * 1.2) + 0.001);
      });
    });
  });

  describe('of one integration', () => {
    it('are visible to its transactions and to unscoped ones only', async () => {
      await add(job('a'), job('b', { integrationId: OTHER }));
      const visible = (tx: Tx) => tx.rows<{ key: string }>('SELECT key FROM identity.jobs ORDER BY key');
      const to = (...integrationIds: string[]) => databases[0].transaction({ integrationIds }, visible);
      expect(await to(ACME)).toEqual([{ key: 'a' }]);
      expect(await to(OTHER)).toEqual([{ key: 'b' }]);
      expect(await databases[0].unscoped(visible)).toHaveLength(2);
      const scope = { integrationIds: [ACME] };
      const added = databases[0].transaction(scope, (tx) => addJobs(tx, SCHEMA, [job('b', { integrationId: OTHER })]));
      await expect(added).rejects.toThrow('row-level security');
    });

    it('settle in a transaction that sees the rows of that integration only', async () => {
      await owner.query(`INSERT INTO identity.notes VALUES ($1, 'acme'), ($2, 'other')`, [ACME, OTHER]);
      await add(localJob('a'), localJob('b', { integrationId: OTHER }));
      const seen: Record<string, unknown> = {};
      const settle = async (tx: Tx, { key }: Job) => {
        seen[key] = await tx.rows('SELECT text FROM identity.notes');
      };
      await runner([local(settle)]).drain();
      expect(seen).toEqual({ a: [{ text: 'acme' }], b: [{ text: 'other' }] });
    });

    it('run and settle with the request id, actor and trace of their change', async () => {
      const trace = { ...newTrace(), tracestate: 'rojo=1' };
      const cause = { requestId: 'request', actor: { kind: 'system', job: 'expiry' } } as const;
      await withTrace(trace, () => add(job('a', cause)));
      const seen: unknown[] = [];
      const look = ({ requestId, actor }: Job) =>
        seen.push({ requestId, actor, current: currentRequestId(), trace: currentTrace() });
      const kind: JobKind = {
        ...remote(async (each) => (look(each), '')),
        settle: async (_, each) => void look(each),
      };
      await runner([kind]).drain();
      expect(seen).toEqual([1, 2].map(() => ({ ...cause, current: 'request', trace })));
    });
  });
});
