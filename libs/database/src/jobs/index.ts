export { backoffMs, backoffSql } from './backoff.js';
export { type Job, type JobKind, type NewJob, type NextRun } from './job.js';
export { JobRunner } from './job-runner.js';
export { addJobs } from './jobs.queries.js';
export { jobsTable } from './jobs-table.js';
export { PeriodicWorker, type PeriodicWorkerOptions } from './periodic-worker.js';
