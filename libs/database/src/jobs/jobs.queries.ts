import { POLL_MS } from '../loop.js';
import { traceColumns } from '../outbox.js';
import { type Tx } from '../tx.js';
import { backoffSql } from './backoff.js';
import { type Job, type NewJob, type NextRun } from './job.js';

/** Namespace of the advisory locks of claims, apart from locks with one key. */
const CLAIM_LOCK = 0x6a6f6273;
const NO_LIMIT = 2 ** 31 - 1;
const MAX_ERROR_LENGTH = 500;
/** Of the time to settle. */
const MAX_DOUBLINGS = 3;

/** Due and not leased, or its lease ran out. */
const CLAIMABLE = 'claimable_at <= statement_timestamp()';

/** Dates have no microseconds: rounded up, because a job would run just before its time otherwise. */
const after = (time: string) => `${time} + interval '1 millisecond'`;

const CAUSE_COLUMNS = ['request_id', 'actor', 'traceparent', 'tracestate'];
/** Whether work that is added again replaces the cause of the job: not that of a more urgent one that still waits. */
const REPLACES_CAUSE = 'j.run_at IS NULL OR NOT j.urgent OR excluded.urgent';

/**
 * Adds jobs, or makes existing ones due again. A job that is leased stays due after its lease, so the change is not lost.
 * Of an existing and an added job, the earlier time and the higher urgency count. Adding never waits for a remote call, only
 * for a transaction that settles the same job. Lock order: jobs before the rows that `settle` of their kind changes.
 *
 * @param schema the schema of the service
 */
export async function addJobs(tx: Tx, schema: string, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  const { traceparent, tracestate } = traceColumns();
  await tx.run(
    `INSERT INTO ${schema}.jobs AS j (kind, integration_id, key, urgent, run_at, due_since, request_id, actor, traceparent,
       tracestate)
     SELECT DISTINCT ON (kind, "integrationId", key) kind, "integrationId", key, coalesce(urgent, false),
       coalesce(${after('at')}, now()), coalesce(at, now()), "requestId", actor, $2, $3
     FROM jsonb_to_recordset($1::jsonb) AS n (kind text, "integrationId" uuid, key text, urgent boolean, at timestamptz,
       "requestId" text, actor jsonb)
     ORDER BY kind, "integrationId", key, urgent DESC NULLS LAST, at NULLS FIRST
     ON CONFLICT (kind, integration_id, key) DO UPDATE SET
       run_at = least(j.run_at, excluded.run_at),
       due_since = CASE WHEN j.run_at IS NULL OR (excluded.urgent AND NOT j.urgent) THEN excluded.due_since
                        ELSE least(j.due_since, excluded.due_since) END,
       urgent = excluded.urgent OR (j.urgent AND j.run_at IS NOT NULL),
       attempts = 0,
       ${CAUSE_COLUMNS.map((column) => `${column} = CASE WHEN ${REPLACES_CAUSE} THEN excluded.${column} ELSE j.${column} END`).join(', ')}`,
    [JSON.stringify(jobs), traceparent, tracestate],
  );
  // Workers that look for jobs at their interval find the others in time.
  const soon = Date.now() + POLL_MS;
  for (const { kind, at } of jobs) if (!at || at.getTime() <= soon) tx.jobKinds.add(kind);
}

/** @returns milliseconds until a job of the kind can be claimed, by the database's clock; null without one */
export async function untilNextJob(tx: Tx, schema: string, kind: string): Promise<number | null> {
  const row = await tx.row<{ ms: number }>(
    `SELECT (extract(epoch FROM claimable_at - statement_timestamp()) * 1000)::float8 AS ms FROM ${schema}.jobs
     WHERE kind = $1 ORDER BY coalesce(lease_until, run_at) LIMIT 1`, // as in the index
    [kind],
  );
  return row?.ms ?? null;
}

/** What `claimJobs` claims. */
export interface Claim {
  kind: string;
  /** Maximum number of jobs. */
  count: number;
  /** A lease lasts for `runSeconds + settleSeconds`. */
  runSeconds: number;
  /** Doubled after each failed attempt and each lease that ran out, so that a slow machine gets enough time. */
  settleSeconds: number;
  /** Maximum number of leased jobs of one integration, those of other processes included. Default: no limit. */
  perIntegration?: number | undefined;
}

/** `isTakenOver`: the job was leased before, and the lease ran out. */
export type ClaimedJob = Job & { isTakenOver: boolean };

/**
 * Leases due jobs of a kind: urgent ones first, then in turn from the integrations, those with fewer leased jobs first, and
 * of one integration in the order of their time. The lease begins with the commit.
 *
 * Claims of one kind run one after the other, so that the limit per integration is exact.
 */
export async function claimJobs(tx: Tx, schema: string, claim: Claim): Promise<ClaimedJob[]> {
  const { kind, count, runSeconds, settleSeconds, perIntegration = NO_LIMIT } = claim;
  await tx.run(`SELECT pg_advisory_xact_lock($1, hashtext($2))`, [CLAIM_LOCK, `${schema}.${kind}`]);
  const firstDue = (urgent: string) =>
    `(SELECT key, urgent, claimable_at FROM ${schema}.jobs
      WHERE kind = $1 AND integration_id = t.integration_id AND ${urgent} AND ${CLAIMABLE}
      ORDER BY claimable_at LIMIT $2)`;
  const jobs = await tx.rows<ClaimedJob>(
    // "turn" reads one index entry per integration, not all jobs of the kind.
    `WITH RECURSIVE turn AS (
       (SELECT integration_id FROM ${schema}.jobs WHERE kind = $1 ORDER BY integration_id LIMIT 1)
       UNION ALL
       SELECT (SELECT integration_id FROM ${schema}.jobs WHERE kind = $1 AND integration_id > t.integration_id
               ORDER BY integration_id LIMIT 1)
       FROM turn t WHERE t.integration_id IS NOT NULL
     ), leased AS (
       SELECT integration_id, count(*) AS jobs FROM ${schema}.jobs
       WHERE kind = $1 AND lease IS NOT NULL AND lease_until > statement_timestamp() GROUP BY integration_id
     ), placed AS (
       SELECT integration_id, due.*, coalesce(leased.jobs, 0)
         + row_number() OVER (PARTITION BY integration_id ORDER BY due.urgent DESC, due.claimable_at) AS place
       FROM turn t LEFT JOIN leased USING (integration_id)
         CROSS JOIN LATERAL (${firstDue('urgent')} UNION ALL ${firstDue('NOT urgent')}) AS due
       WHERE t.integration_id IS NOT NULL
     ), chosen AS (
       SELECT integration_id, key FROM placed WHERE place <= $3 ORDER BY urgent DESC, place, claimable_at LIMIT $2
     ), locked AS (
       SELECT integration_id, key, lease IS NOT NULL AS taken_over FROM chosen JOIN ${schema}.jobs j USING (integration_id, key)
       WHERE kind = $1 AND ${CLAIMABLE} FOR UPDATE OF j SKIP LOCKED
     )
     UPDATE ${schema}.jobs j SET run_at = NULL, lease = gen_random_uuid(),
       lease_until = statement_timestamp()
         + make_interval(secs => $4 + $5 * power(2, least(attempts + taken_over::int, ${MAX_DOUBLINGS}))),
       attempts = attempts + taken_over::int
     FROM locked WHERE j.kind = $1 AND j.integration_id = locked.integration_id AND j.key = locked.key
     RETURNING j.kind, j.integration_id AS "integrationId", j.key, urgent, attempts, due_since AS "dueSince", lease,
       request_id AS "requestId", actor, traceparent, tracestate, taken_over AS "isTakenOver"`,
    [kind, count, perIntegration, runSeconds, settleSeconds],
  );
  return jobs.sort((a, b) => Number(b.urgent) - Number(a.urgent) || a.dueSince.getTime() - b.dueSince.getTime());
}

const LEASED = 'kind = $1 AND integration_id = $2 AND key = $3 AND lease = $4';
const leaseBinds = (job: Job) => [job.kind, job.integrationId, job.key, job.lease];
const RELEASE = 'lease = NULL, lease_until = NULL';
/** What is not done yet keeps its urgency and age, also when other work was added to the job while it was leased. */
const KEEP = 'urgent = urgent OR $5, due_since = least(due_since, $6)';
const keepBinds = (job: Job) => [job.urgent, job.dueSince];

/** Locks a job. @returns false when its lease is no longer held */
export async function lockLease(tx: Tx, schema: string, job: Job): Promise<boolean> {
  const row = await tx.row(`SELECT 1 FROM ${schema}.jobs WHERE ${LEASED} FOR UPDATE`, leaseBinds(job));
  return row !== undefined;
}

/**
 * Deletes a locked job, or ends its lease when it is to run again or was added again.
 * @param next when it is to run again
 * @returns whether it runs again
 */
export async function finishJob(tx: Tx, schema: string, job: Job, next: NextRun | void): Promise<boolean> {
  if (!next) {
    const deleted = await tx.run(`DELETE FROM ${schema}.jobs WHERE ${LEASED} AND run_at IS NULL`, leaseBinds(job));
    if (deleted === 1) return false;
  }
  const released = await releaseJob(tx, schema, job, next);
  if (released === 0)
    throw new Error('a locked job is missing: settle must not change the integration of its transaction');
  return true;
}

function releaseJob(tx: Tx, schema: string, job: Job, next: NextRun | void): Promise<number> {
  const update = (values: string, binds: Parameters<Tx['run']>[1] = []) =>
    tx.run(`UPDATE ${schema}.jobs SET ${RELEASE}, ${values} WHERE ${LEASED}`, [...leaseBinds(job), ...binds]);
  if (!next) return update('attempts = 0, last_error = NULL');
  if ('retryInSeconds' in next)
    return update(`${KEEP}, run_at = least(run_at, now() + make_interval(secs => $7))`, [
      ...keepBinds(job),
      next.retryInSeconds,
    ]);
  return update(
    `attempts = 0, last_error = NULL, due_since = CASE WHEN run_at IS NULL THEN $5::timestamptz ELSE due_since END,
     run_at = least(run_at, ${after('$5::timestamptz')})`,
    [next.at],
  );
}

/**
 * Ends the lease of a job that failed, and delays the job by the back-off. Without a limit of attempts.
 * @returns the number of failed attempts and the seconds since the job was due; undefined when its lease is no longer held
 */
export async function failJob(
  tx: Tx,
  schema: string,
  job: Job,
  reason: string,
): Promise<{ attempts: number; ageSeconds: number } | undefined> {
  return tx.row(
    `UPDATE ${schema}.jobs SET ${RELEASE}, ${KEEP}, attempts = attempts + 1, last_error = $7,
       run_at = least(run_at, statement_timestamp() + ${backoffSql('attempts')})
     WHERE ${LEASED} RETURNING attempts, extract(epoch FROM statement_timestamp() - due_since)::float8 AS "ageSeconds"`,
    // PostgreSQL stores no NUL in text.
    [...leaseBinds(job), ...keepBinds(job), reason.replaceAll('\0', '').slice(0, MAX_ERROR_LENGTH)],
  );
}

/** Numbers of jobs of a kind in all integrations. */
export interface JobCounts {
  kind: string;
  /** Due and not leased. */
  due: number;
  /** Due for longer than the kind's `alarmAfterSeconds`. */
  overdue: number;
}

/** @returns a row for each of the kinds */
export async function countJobs(
  tx: Tx,
  schema: string,
  kinds: readonly { name: string; alarmAfterSeconds: number }[],
): Promise<JobCounts[]> {
  return tx.rows<JobCounts>(
    `SELECT name AS kind, count(*) FILTER (WHERE ${CLAIMABLE})::float8 AS due,
       count(*) FILTER (WHERE due_since < statement_timestamp() - make_interval(secs => seconds))::float8 AS overdue
     FROM unnest($1::text[], $2::float8[]) AS k (name, seconds) LEFT JOIN ${schema}.jobs ON kind = name GROUP BY name`,
    [kinds.map(({ name }) => name), kinds.map(({ alarmAfterSeconds }) => alarmAfterSeconds)],
  );
}
