import { type Cause, systemCause, type UnnamedFlow } from '@tidegate/contracts';
import { addJobs, type Tx } from '@tidegate/database';
import { newRequestId } from '@tidegate/observability';
import { actingRules } from '../approval/acting.rule.js';
import { currentReviews } from '../approval/current-reviews.rule.js';
import { readPeople } from '../approval/people.queries.js';
import { actingCandidates, type Candidates, candidatesOf, openTiers } from '../approval/routing.rule.js';
import { SCHEMA } from '../common/schema.js';
import { approversOf, isSameList } from './approvers.rule.js';
import { openApprovers, setApprovers } from './approvers.queries.js';
import { type OpenApprover } from './request-approver.entity.js';
import { notify, recipientsOf } from './notify.js';
import { type LockedRequest } from './request.entity.js';
import { REQUEST_ESCALATE } from './requests.queries.js';
import { setOpenStep, setDeciding } from './open-step.queries.js';
import { addEntries } from './timeline.queries.js';

/** Who can decide a step of a request now. */
export interface ResolvedApprovers {
  candidates: Candidates;
  approvers: OpenApprover[];
  /** Whether no user can decide it. */
  undecidable: boolean;
}

type StepRequest = Pick<LockedRequest, 'userId' | 'groupId' | 'requestedBy' | 'round' | 'reviews' | 'escalated'>;

/** Resolves the approvers of a step, which must exist in the flow. */
export async function resolveApprovers(
  tx: Tx,
  flow: UnnamedFlow,
  index: number,
  request: StepRequest,
): Promise<ResolvedApprovers> {
  const step = flow.steps[index]!;
  const people = await readPeople(tx, flow, step, request);
  const rules = actingRules(request, index, { allowSelf: step.allowSelf, distinctApprovers: flow.distinctApprovers });
  const candidates = actingCandidates(step, candidatesOf(step, people), rules);
  const approvals = currentReviews(request).filter(({ step: at, verdict }) => at === index && verdict === 'approve');
  const given = approvals.map(({ reviewerKey: reviewer, entries }) => ({ reviewer, entries }));
  const tiers = openTiers(step, candidates, { approvals: given, escalated: request.escalated });
  return { candidates, approvers: approversOf(step, tiers, candidates), undecidable: tiers.includes('administrators') };
}

/**
 * Opens a step of a locked request: stores its approvers, notifies them, and adds the job of its escalation.
 * @returns whether no user can decide it
 */
export async function openStep(
  tx: Tx,
  request: LockedRequest,
  flow: UnnamedFlow,
  step: number,
  cause: Cause,
): Promise<boolean> {
  const { integrationId, id } = request;
  // A new request keeps its first version.
  const version = request.version + (request.step === null ? 0 : 1);
  const opened = { ...request, step, version, escalated: false };
  const { approvers, undecidable } = await resolveApprovers(tx, flow, step, opened);
  await setApprovers(tx, request, step, approvers);
  const openedAt = await setOpenStep(tx, opened, undecidable);
  await addEntries(tx, cause.actor, [{ request, kind: 'step_opened', data: { step, approvers } }]);
  const due = undecidable ? 'undecidable' : 'decision_required';
  await notify(tx, [{ request: opened, reason: due, recipients: recipientsOf(approvers) }], cause);
  const { escalation } = flow.steps[step]!;
  if (escalation) {
    const at = new Date(openedAt.getTime() + escalation.afterSeconds * 1000);
    const job = { kind: REQUEST_ESCALATE, integrationId, key: id, at };
    await addJobs(tx, SCHEMA, [{ ...job, ...systemCause('escalation', newRequestId()) }]);
  }
  return undecidable;
}

/**
 * Resolves the approvers of the open step of a locked request again, and stores and notifies them if they changed.
 * @returns whether the request became undecidable by users
 */
export async function updateApprovers(
  tx: Tx,
  request: LockedRequest,
  flow: UnnamedFlow,
  cause: Cause,
  reason: 'approvers_changed' | 'escalated' = 'approvers_changed',
): Promise<boolean> {
  const { integrationId, id, step } = request;
  if (step === null || !(step in flow.steps)) return false;
  const { approvers, undecidable } = await resolveApprovers(tx, flow, step, request);
  const before = await openApprovers(tx, integrationId, id);
  if (reason === 'approvers_changed' && isSameList(before, approvers) && undecidable === request.undecidable)
    return false;
  await setApprovers(tx, request, step, approvers);
  await setDeciding(tx, request, undecidable);
  const known = new Set(before.map(({ approverId }) => approverId));
  const added = approvers.filter(({ approverId }) => !known.has(approverId));
  await addEntries(tx, cause.actor, [{ request, kind: reason, data: { step, approvers } }]);
  const changed = { ...request, version: request.version + 1 };
  const due = undecidable ? 'undecidable' : reason;
  await notify(tx, [{ request: changed, reason: due, recipients: recipientsOf(added) }], cause);
  return undecidable && !request.undecidable;
}
