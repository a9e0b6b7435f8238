import { type Cause } from '@tidegate/contracts';
import { type NextRun, type Tx } from '@tidegate/database';
import { updateApprovers } from './open-step.js';
import { isPast, lockForJob } from './open-step.queries.js';

/**
 * Adds the approvers of the escalation of the open step of a request, if its time has passed by the database's clock.
 * @returns when to try again, if the step opened later than the job was added for
 */
export async function escalate(tx: Tx, integrationId: string, id: string, cause: Cause): Promise<NextRun | void> {
  const locked = await lockForJob(tx, integrationId, id);
  if (locked === 'busy') return { retryInSeconds: 1 };
  if (!locked) return;
  const { flow, request } = locked;
  if (request.step === null || request.escalated) return;
  const escalation = flow.steps[request.step]?.escalation;
  if (!escalation || !request.stepOpenedAt) return;
  const at = new Date(request.stepOpenedAt.getTime() + escalation.afterSeconds * 1000);
  if (!(await isPast(tx, at))) return { at };
  await updateApprovers(tx, { ...request, escalated: true }, flow, cause, 'escalated');
}
