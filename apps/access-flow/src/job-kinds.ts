import { type Database, type JobKind } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { DEADLINE_JOBS } from './deadlines/deadlines.jobs.js';
import { type Target } from './grants/target.js';
import { approversJob } from './requests/approvers.jobs.js';
import { UndecidableLogger } from './requests/undecidable-log.service.js';
import { targetJobs } from './targets/target.jobs.js';

/** @returns all kinds of jobs of this service */
export function jobKinds(database: Database, targets: readonly Target[], logger: Logger): JobKind[] {
  const approvers = approversJob(new UndecidableLogger(logger));
  return [...DEADLINE_JOBS, approvers, ...targets.map((target) => targetJobs(database, target))];
}
