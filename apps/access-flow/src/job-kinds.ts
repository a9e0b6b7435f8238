import { type Database, type JobKind } from '@tidegate/database';
import { DEADLINE_JOBS } from './deadlines/deadlines.jobs.js';
import { type Target } from './grants/target.js';
import { targetJobs } from './targets/target.jobs.js';

/** @returns all kinds of jobs of this service */
export function jobKinds(database: Database, targets: readonly Target[]): JobKind[] {
  return [...DEADLINE_JOBS, ...targets.map((target) => targetJobs(database, target))];
}
