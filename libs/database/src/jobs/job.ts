import { type Cause } from '@tidegate/contracts';
import { type Tx } from '../tx.js';

/** Work to add: `kind`, `integrationId` and `key` identify it. */
export interface NewJob extends Cause {
  kind: string;
  integrationId: string;
  /** Identifies the job within its kind and integration, for example the id of a grant. Ids only: it is logged. */
  key: string;
  /** When the job is due; now when absent. A job can run earlier: the rows that it is about decide what there is to do. */
  at?: Date;
  /** Runs before all jobs of its kind that are not urgent. Default false. */
  urgent?: boolean;
}

/** A job that this process has leased. */
export interface Job extends Cause {
  kind: string;
  integrationId: string;
  key: string;
  urgent: boolean;
  /** Failed attempts since the job was last added. */
  attempts: number;
  /** When the job was first due. */
  dueSince: Date;
  /** Identifies the lease. Another lease of the same job, or of one that is added again, has another id. */
  lease: string;
  /** Trace of the change that added the job. */
  traceparent: string | null;
  tracestate: string | null;
}

/**
 * When a settled job runs again: `at` a time at which there is new work, or in a number of seconds because the work is not
 * done yet. Only the second keeps the age of the job, and so its alarm.
 */
export type NextRun = { at: Date } | { retryInSeconds: number };

/**
 * How jobs of one kind are done.
 *
 * @template Result what `run` returns
 */
export interface JobKind<Result = unknown> {
  readonly name: string;
  /** Number of jobs that one process works on at a time. Each `settle` uses a connection of the pool. */
  readonly concurrency: number;
  /** Number of jobs of one integration that all processes together work on at a time. Default: no limit. */
  readonly concurrencyPerIntegration?: number;
  /** Longest duration of `run`, in seconds. Default 30. */
  readonly runSeconds?: number;
  /** A job that is due for longer raises an alarm. */
  readonly alarmAfterSeconds: number;
  /** @returns the log message of the alarm. Default: `A job is overdue: it fails again and again`. */
  alarmMessage?(job: Job): string;
  /**
   * Does the remote part of the work, outside any transaction and without a lock on the job. Kinds with local work have none.
   * It must be idempotent: it is repeated after a crash, and can overlap with a repetition when it exceeds `runSeconds`.
   *
   * @param signal is aborted after `runSeconds`, and when the process stops, which waits for `run` to end
   * @throws any error; the job is repeated with a back-off, without a limit of attempts. After the process began to stop, the
   *   job is due again at once instead
   */
  run?(job: Job, signal: AbortSignal): Promise<Result>;
  /**
   * Stores the result, or does all work of a local kind. The job is locked, and its lease is still held.
   *
   * @param tx sees the rows of the job's integration
   * @returns when to run again; nothing deletes the job, unless it was added again while it was leased
   * @throws any error, as `run`
   */
  settle(tx: Tx, job: Job, result: Result): Promise<NextRun | void>;
}
