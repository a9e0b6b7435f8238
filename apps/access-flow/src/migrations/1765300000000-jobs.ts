import { jobsTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const JOBS = jobsTable('access_flow');

/** Due work moves from its tables to jobs, with urgency, attempts, age, cause and trace. */
const UP = [
  ...JOBS.up,
  `INSERT INTO access_flow.jobs (kind, integration_id, key, urgent, run_at, due_since, attempts, last_error, request_id, actor,
     traceparent, tracestate)
   SELECT 'target.' || target, integration_id, group_id || '/' || user_id, urgent, next_try_at, since, attempts, last_error,
     request_id, actor, traceparent, tracestate FROM access_flow.target_work`,
  `INSERT INTO access_flow.jobs (kind, integration_id, key, run_at, due_since, attempts, request_id, actor)
   SELECT kind, integration_id, id, due_at, due_at, attempts, gen_random_uuid(), '{"kind":"system","job":"expiry"}'
   FROM access_flow.deadlines`,
  `DROP TABLE access_flow.target_work, access_flow.deadlines`,
];

/** The tables as before. Leased jobs are due, because nothing renews their lease. */
const DOWN = [
  `CREATE TABLE access_flow.target_work (
     target text NOT NULL,
     integration_id uuid NOT NULL,
     group_id uuid NOT NULL,
     user_id uuid NOT NULL,
     urgent boolean NOT NULL,
     request_id text NOT NULL,
     attempts integer NOT NULL DEFAULT 0,
     next_try_at timestamptz NOT NULL DEFAULT now(),
     since timestamptz NOT NULL DEFAULT now(),
     last_error text,
     actor jsonb NOT NULL DEFAULT '{"kind":"system","job":"upgrade"}',
     traceparent text,
     tracestate text,
     PRIMARY KEY (target, integration_id, group_id, user_id)
   )`,
  `CREATE INDEX target_work_due ON access_flow.target_work (urgent DESC, next_try_at)`,
  `CREATE TABLE access_flow.deadlines (
     kind text NOT NULL CHECK (kind IN ('grant.end', 'request.expire')),
     id uuid NOT NULL,
     integration_id uuid NOT NULL,
     due_at timestamptz NOT NULL,
     attempts integer NOT NULL DEFAULT 0,
     PRIMARY KEY (kind, id)
   )`,
  `CREATE INDEX deadlines_due ON access_flow.deadlines (due_at)`,
  `INSERT INTO access_flow.target_work (target, integration_id, group_id, user_id, urgent, request_id, attempts, next_try_at,
     since, last_error, actor, traceparent, tracestate)
   SELECT substr(kind, length('target.') + 1), integration_id, split_part(key, '/', 1)::uuid, split_part(key, '/', 2)::uuid,
     urgent, request_id, attempts, coalesce(run_at, now()), due_since, last_error, actor, traceparent, tracestate
   FROM access_flow.jobs WHERE kind LIKE 'target.%'`,
  `INSERT INTO access_flow.deadlines (kind, id, integration_id, due_at, attempts)
   SELECT kind, key::uuid, integration_id, coalesce(run_at, now()), attempts FROM access_flow.jobs
   WHERE kind IN ('grant.end', 'request.expire')`,
  ...JOBS.down,
];

/** The table of jobs replaces those of target work and deadlines. */
export class AccessFlowJobs1765300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
