import { type Cause } from '@tidegate/contracts';
import { addJobs, type JobKind, type Tx } from '@tidegate/database';
import { SCHEMA } from '../common/schema.js';
import { openStep, updateApprovers } from './open-step.js';
import { lockForJob } from './open-step.queries.js';
import { type UndecidableLogger } from './undecidable-log.service.js';

/** Kind of the job that finds the approvers of a pending request again; its key is the id of the request. */
export const REQUEST_APPROVERS = 'request.approvers';

/**
 * Finds the approvers of pending requests again, after the transaction: a change of the directory can affect thousands of
 * requests, and a deactivation must not wait for them. A user who left can decide nothing in the meantime.
 */
export async function addApproverJobs(
  tx: Tx,
  integrationId: string,
  requestIds: string[],
  cause: Cause,
): Promise<void> {
  const jobs = requestIds.map((key) => ({ kind: REQUEST_APPROVERS, integrationId, key, ...cause }));
  if (jobs.length > 0) await addJobs(tx, SCHEMA, jobs);
}

export const approversJob = (logger: Pick<UndecidableLogger, 'log'>): JobKind => ({
  name: REQUEST_APPROVERS,
  concurrency: 1,
  alarmAfterSeconds: 30,
  alarmMessage: () => 'The approvers of a request cannot be found again',
  async settle(tx, { integrationId, key, requestId, actor }) {
    const locked = await lockForJob(tx, integrationId, key);
    if (locked === 'busy') return { retryInSeconds: 1 };
    if (!locked) return;
    const { flow, request } = locked;
    const cause = { requestId, actor };
    const undecidable =
      request.step === null
        ? await openStep(tx, request, flow, 0, cause)
        : await updateApprovers(tx, request, flow, cause);
    if (undecidable) logger.log(integrationId, [key]);
  },
});
