import { Database } from '@tidegate/database';
import { useEmptyDatabase } from '@tidegate/testing';
import { type QueryRunner } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { AccessFlowJobs1765300000000 } from '../src/migrations/1765300000000-jobs.js';
import { MIGRATIONS } from '../src/migrations/index.js';
import { SCHEMA } from '../src/common/schema.js';

const [integrationId, group, alice, bob] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
const [grant, request] = [uuidv7(), uuidv7()];
const [tried, since, due] = [
  new Date('2026-01-02T03:04:05Z'),
  new Date('2026-01-02T03:00:00Z'),
  new Date('2026-05-06'),
];
const actor = { kind: 'scim', integrationId, credentialId: 'token' };
const trace = { traceparent: `00-${'a'.repeat(32)}-00f067aa0ba902b7-01`, tracestate: 'rojo=1' };
const revocation = {
  ...{ target: 'directory', integration_id: integrationId, group_id: group, user_id: alice, urgent: true },
  ...{
    request_id: 'revoke',
    actor,
    attempts: 3,
    next_try_at: tried,
    since,
    last_error: 'Error: unreachable',
    ...trace,
  },
};
const addition = {
  ...{ ...revocation, user_id: bob, urgent: false, request_id: 'grant', attempts: 0, last_error: null },
  ...{ traceparent: null, tracestate: null },
};
const deadlines = [
  { kind: 'grant.end', id: grant, integration_id: integrationId, due_at: due, attempts: 0 },
  { kind: 'request.expire', id: request, integration_id: integrationId, due_at: due, attempts: 2 },
];

describe('The migration to jobs', () => {
  const database = useEmptyDatabase();
  const migration = new AccessFlowJobs1765300000000();
  const rows = async (sql: string) => (await database.owner.query<object>(sql)).rows;
  const migrate = async (migrations: typeof MIGRATIONS) => {
    await (await Database.open({ url: database.url, schema: SCHEMA, migrations, poolSize: 2 })).close();
  };
  const insert = (table: string, row: object) =>
    database.owner.query(
      `INSERT INTO access_flow.${table} SELECT * FROM jsonb_populate_record(NULL::access_flow.${table}, $1)`,
      [JSON.stringify(row)],
    );
  /** Checks the tables before the migration. */
  const expectOldRows = async () => {
    expect(await rows('SELECT * FROM access_flow.target_work ORDER BY urgent DESC')).toEqual([revocation, addition]);
    expect(await rows('SELECT * FROM access_flow.deadlines ORDER BY kind')).toEqual(deadlines);
  };

  beforeAll(async () => {
    await migrate(MIGRATIONS.slice(0, MIGRATIONS.indexOf(AccessFlowJobs1765300000000)));
    for (const row of [revocation, addition]) await insert('target_work', row);
    for (const row of deadlines) await insert('deadlines', row);
    await expectOldRows();
    await migrate(MIGRATIONS);
  });

  it('carries target work with its urgency, attempts, age, cause and trace', async () => {
    const of = ({
      user_id,
      next_try_at,
      since,
      urgent,
      request_id,
      attempts,
      last_error,
      ...row
    }: typeof revocation | typeof addition) => ({
      ...{ kind: 'target.directory', key: `${group}/${user_id}`, urgent, run_at: next_try_at, due_since: since },
      ...{ attempts, last_error, request_id, actor, traceparent: row.traceparent, tracestate: row.tracestate },
    });
    expect(
      await rows(
        `SELECT kind, key, urgent, run_at, due_since, attempts, last_error, request_id, actor, traceparent, tracestate
         FROM access_flow.jobs WHERE kind LIKE 'target.%' ORDER BY urgent DESC`,
      ),
    ).toEqual([of(revocation), of(addition)]);
  });

  it('carries deadlines, as jobs of Tidegate itself', async () => {
    expect(
      await rows(
        `SELECT kind, key, integration_id, run_at, due_since, attempts, urgent, actor, lease FROM access_flow.jobs
         WHERE kind NOT LIKE 'target.%' ORDER BY kind`,
      ),
    ).toEqual(
      deadlines.map(({ kind, id, due_at, attempts }) => ({
        ...{ kind, key: id, integration_id: integrationId, run_at: due_at, due_since: due_at, attempts },
        ...{ urgent: false, actor: { kind: 'system', job: 'expiry' }, lease: null },
      })),
    );
  });

  it('can be reverted', async () => {
    const runner = { query: (sql: string) => database.owner.query(sql) } as unknown as QueryRunner;
    await migration.down(runner);
    await expectOldRows();
    await migration.up(runner);
    expect(await rows('SELECT 1 FROM access_flow.jobs')).toHaveLength(4);
  });
});
