import { type Cause, systemCause, type UnnamedFlow } from '@tidegate/contracts';
import { addJobs, type Tx } from '@tidegate/database';
import { newRequestId } from '@tidegate/observability';
import { actingRules } from '../approval/acting.rule.js';
import { candidatesOf, readPeople } from '../approval/people.queries.js';
import { actingCandidates, type Candidates, openTiers } from '../approval/routing.rule.js';
import { SCHEMA } from '../common/schema.js';
import { approversOf, isSameList } from './approvers.rule.js';
import { type OpenApprover, openApprovers, setApprovers } from './approvers.queries.js';
import { notify, recipientsOf } from './notify.js';
import { REQUEST_ESCALATE, type LockedRequest } from './requests.queries.js';
import { addEntries } from './timeline.queries.js';

/** Who can decide a step of a request now. */
export interface Routing {
  candidates: Candidates;
  approvers: OpenApprover[];
  /** Whether no user can decide it. */
  undecidable: boolean;
}

type Routed = Pick<LockedRequest, 'userId' | 'groupId' | 'requestedBy' | 'round' | 'reviews' | 'escalated'>;

/** Resolves the approvers of a step, which must exist in the flow. */
export async function routeStep(tx: Tx, flow: UnnamedFlow, index: number, request: Routed): Promise<Routing> {
  const step = flow.steps[index]!;
  const people = await readPeople(tx, flow, step, request);
  const rules = actingRules(request, index, { allowSelf: step.allowSelf, distinctApprovers: flow.distinctApprovers });
  const candidates = actingCandidates(step, candidatesOf(step, people), rules);
  const approvals = request.reviews.filter(
    (review) => review.round === request.round && review.step === index && review.verdict === 'approve',
  );
  const given = approvals.map(({ reviewerKey: reviewer, entries }) => ({ reviewer, entries }));
  const tiers = openTiers(step, candidates, { approvals: given, escalated: request.escalated });
  return { candidates, approvers: approversOf(step, tiers, candidates), undecidable: tiers.includes('administrators') };
}

/**
 * Opens a step of a locked request: stores its approvers, notifies them, and adds the job of its escalation.
 * @param request with the version that it gets
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
  const opened = { ...request, step, escalated: false };
  const { approvers, undecidable } = await routeStep(tx, flow, step, opened);
  await setApprovers(tx, request, step, approvers);
  const row = await tx.row<{ escalatesAt: Date }>(
    `UPDATE access_flow.requests SET step = $3, step_opened_at = now(), escalated = false, undecidable = $4, version = $6
     WHERE integration_id = $1 AND id = $2 RETURNING now() + make_interval(secs => $5) AS "escalatesAt"`,
    [integrationId, id, step, undecidable, flow.steps[step]!.escalation?.afterSeconds ?? 0, request.version],
  );
  await addEntries(tx, cause.actor, [{ request, kind: 'step_opened', data: { step, approvers } }]);
  const due = undecidable ? 'undecidable' : 'decision_required';
  await notify(tx, [{ request: opened, reason: due, recipients: recipientsOf(approvers) }], cause);
  if (flow.steps[step]!.escalation) {
    const job = { kind: REQUEST_ESCALATE, integrationId, key: id, at: row!.escalatesAt };
    await addJobs(tx, SCHEMA, [{ ...job, ...systemCause('escalation', newRequestId()) }]);
  }
  return undecidable;
}

/**
 * Resolves the approvers of the open step of a locked request again, and stores and notifies them if they changed.
 * @returns whether the request became undecidable by users
 */
export async function reroute(
  tx: Tx,
  request: LockedRequest,
  flow: UnnamedFlow,
  cause: Cause,
  reason: 'approvers_changed' | 'escalated' = 'approvers_changed',
): Promise<boolean> {
  const { integrationId, id, step } = request;
  if (step === null || !(step in flow.steps)) return false;
  const { approvers, undecidable } = await routeStep(tx, flow, step, request);
  const before = await openApprovers(tx, integrationId, id);
  if (reason === 'approvers_changed' && isSameList(before, approvers) && undecidable === request.undecidable)
    return false;
  await setApprovers(tx, request, step, approvers);
  await tx.run(
    `UPDATE access_flow.requests SET undecidable = $3, escalated = $4, version = version + 1
     WHERE integration_id = $1 AND id = $2`,
    [integrationId, id, undecidable, request.escalated],
  );
  const known = new Set(before.map(({ approverId }) => approverId));
  const added = approvers.filter(({ approverId }) => !known.has(approverId));
  await addEntries(tx, cause.actor, [{ request, kind: reason, data: { step, approvers } }]);
  const changed = { ...request, version: request.version + 1 };
  const due = undecidable ? 'undecidable' : reason;
  await notify(tx, [{ request: changed, reason: due, recipients: recipientsOf(added) }], cause);
  return undecidable && !request.undecidable;
}
