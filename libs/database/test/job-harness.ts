import {
  addJobs,
  currentMessagingTables,
  Database,
  integrationTable,
  type Job,
  type JobKind,
  JobRunner,
  jobsTable,
  type NewJob,
  type NextRun,
  type Tx,
} from '@tidegate/database';
import { createLogger, createMetrics } from '@tidegate/observability';
import { emptyDatabase, eventually, TEST_CAUSE } from '@tidegate/testing';
import pg from 'pg';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';

export const SCHEMA = 'identity';
export const ACME = uuidv7();
export const OTHER = uuidv7();

export const LOST = 'A job ended after its lease: its result is ignored';
export const TAKEN_OVER = 'The lease of a job ran out: it is repeated';
export const FAILED = 'A job failed: it is repeated';
export const OVERDUE = 'A job is overdue: it fails again and again';
export const NOT_STORED = 'The failure of a job is not stored: it is repeated after its lease';

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
export function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

export const keys = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
export const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
/** When a job with the time `at` runs: not before it, because a Date has no microseconds. */
export const msAfter = (at: Date) => new Date(at.getTime() + 1);

export const job = (key: string, fields: Partial<NewJob> = {}): NewJob => ({
  kind: 'remote',
  integrationId: ACME,
  key,
  ...TEST_CAUSE,
  ...fields,
});
export const localJob = (key: string, fields: Partial<NewJob> = {}) => job(key, { kind: 'local', ...fields });

export const note = async (tx: Tx, { integrationId }: Job, text: string) => {
  await tx.run('INSERT INTO identity.notes VALUES ($1, $2)', [integrationId, text]);
};
export const noteKey = (tx: Tx, each: Job) => note(tx, each, each.key);

/** A local kind. */
export const local = (settle: (tx: Tx, job: Job) => Promise<NextRun | void>, kind: Partial<JobKind> = {}): JobKind => ({
  name: 'local',
  concurrency: 2,
  alarmAfterSeconds: 30,
  ...kind,
  settle,
});
/** A remote kind, whose `settle` stores the result of `run` as a note. */
export const remote = (
  run: (job: Job, signal: AbortSignal) => Promise<string>,
  kind: Partial<JobKind> = {},
): JobKind => ({
  name: 'remote',
  concurrency: 2,
  alarmAfterSeconds: 30,
  settle: (tx, each, result) => note(tx, each, String(result)),
  ...kind,
  run,
});

interface LogLine {
  level: string;
  msg: string;
  jobKey?: string;
  [field: string]: unknown;
}

/** A database with jobs, for the tests of the enclosing file. Two connections to it stand for two processes. */
export class TestJobs {
  databases: [Database, Database];
  logged: LogLine[] = [];
  private owner: pg.Pool;
  private url: string;
  private runners: JobRunner[] = [];

  static use(): TestJobs {
    const jobs = new TestJobs();
    let drop: () => Promise<void>;
    beforeAll(async () => {
      const empty = await emptyDatabase();
      drop = () => empty.drop();
      jobs.url = empty.url;
      jobs.databases = [await jobs.open(), await jobs.open()];
      jobs.owner = new pg.Pool({ connectionString: empty.url, max: 2 });
      jobs.owner.on('error', () => undefined); // dropping the database ends idle connections
    });
    afterEach(() => jobs.clear());
    afterAll(async () => {
      for (const database of jobs.databases) await database.close();
      await jobs.owner.end();
      await drop();
    });
    return jobs;
  }

  open = () => Database.open({ url: this.url, schema: SCHEMA, migrations: [Tables1700000000000], poolSize: 5 });

  private async clear(): Promise<void> {
    for (const runner of this.runners.splice(0)) await runner.stop();
    this.logged = [];
    await this.query('DELETE FROM identity.jobs');
    await this.query('DELETE FROM identity.notes');
  }

  /** The runner of one process. */
  runner(kinds: JobKind[], { database = this.databases[0], metrics = createMetrics('test') } = {}): JobRunner {
    const destination = { write: (line: string) => void this.logged.push(JSON.parse(line) as LogLine) };
    const made = new JobRunner(database, kinds, createLogger({ service: 'test', destination }), metrics);
    this.runners.push(made);
    return made;
  }

  add = (...added: NewJob[]) => this.databases[0].unscoped((tx) => addJobs(tx, SCHEMA, added));
  /** Queries as the owner. */
  query = async (sql: string, binds: unknown[] = []) =>
    (await this.owner.query<Record<string, unknown>>(sql, binds)).rows;
  notes = async () => (await this.query('SELECT text FROM identity.notes')).map(({ text }) => text).sort();
  /** @returns columns of all jobs in the order of their keys */
  rows = (columns = 'key') => this.query(`SELECT ${columns} FROM identity.jobs ORDER BY key, integration_id`);
  eventuallyNone = () => eventually(async () => expect(await this.rows()).toEqual([]));
  eventuallyLeased = () =>
    eventually(async () => expect(await this.rows('lease_until > now() AS leased')).toEqual([{ leased: true }]));
  endLeases = () => this.query(`UPDATE identity.jobs SET lease_until = now() - interval '1 second'`);
  makeDue = () => this.query(`UPDATE identity.jobs SET run_at = now() - interval '1 second'`);
  messages = () => this.logged.map(({ level, msg, jobKey }) => [level, msg, jobKey]);
}
