import { type ApprovalStep, type RequestApprover, type RequestStep, type ReviewRecord } from '@tidegate/contracts';
import { currentReviews } from '../approval/current-reviews.rule.js';
import { namedActor, type UserNames, userNameOf } from '../directory/names.rule.js';
import { type RequestApproverEntity } from './request-approver.entity.js';
import { type RequestEntity } from './request.entity.js';
import { type ReviewEntity } from './review.entity.js';

/** A row of `request_approvers` with its name. */
export interface NamedApprover extends Pick<RequestApproverEntity, 'step' | 'tier' | 'entry' | 'kind' | 'source'> {
  id: string;
  name: string | null;
  displayName: string | null;
}

type Decided = Pick<RequestEntity, 'status' | 'step' | 'round' | 'stepOpenedAt' | 'escalated'>;

/** @returns the steps of a request with their status and approvers */
export function stepRecords(
  request: Decided,
  steps: readonly ApprovalStep[],
  approvers: readonly NamedApprover[],
  reviews: readonly Pick<ReviewEntity, 'round' | 'step' | 'verdict'>[],
): RequestStep[] {
  return steps.map((step, index) => ({
    name: step.name ?? null,
    status: statusOf(request, index, reviews),
    quorum: step.quorum,
    count: step.count ?? null,
    requireReason: step.requireReason ?? false,
    approvers: approversOf(approvers.filter((approver) => approver.step === index)),
    escalatesAt: escalatesAt(request, step, index),
  }));
}

function statusOf(
  { status, step: open, round }: Decided,
  index: number,
  reviews: readonly Pick<ReviewEntity, 'round' | 'step' | 'verdict'>[],
): RequestStep['status'] {
  if (status === 'approved') return 'approved';
  if (open === null) return status === 'pending' ? 'waiting' : 'skipped';
  if (index < open) return 'approved';
  const isDenied = currentReviews({ round, reviews }).some(({ step, verdict }) => step === index && verdict === 'deny');
  if (isDenied) return 'denied';
  if (status !== 'pending') return 'skipped';
  return index === open ? 'open' : 'waiting';
}

function escalatesAt(
  { status, step: open, stepOpenedAt, escalated }: Decided,
  { escalation }: ApprovalStep,
  index: number,
): string | null {
  if (status !== 'pending' || index !== open || escalated || !escalation || !stepOpenedAt) return null;
  return new Date(stepOpenedAt.getTime() + escalation.afterSeconds * 1000).toISOString();
}

/** @returns each approver once per tier, with all its sources */
export function approversOf(rows: readonly Omit<NamedApprover, 'step'>[]): RequestApprover[] {
  const byKey = new Map<string, RequestApprover>();
  for (const { tier, kind, source, id, name, displayName } of rows) {
    const key = `${tier} ${kind} ${id}`;
    const known = byKey.get(key);
    if (known) known.sources = [...new Set([...known.sources, source])];
    else if (kind === 'administrators')
      byKey.set(key, { kind, id: null, name: null, displayName: null, sources: [source], tier });
    else byKey.set(key, { kind, id, name: name ?? id, displayName, sources: [source], tier });
  }
  return [...byKey.values()];
}

/** @returns the review with the names of the users that it refers to */
export function reviewRecord(
  { round, step }: Pick<RequestEntity, 'round' | 'step'>,
  review: ReviewEntity,
  users: UserNames,
): ReviewRecord {
  return {
    step: review.step,
    reviewerId: review.reviewerId,
    reviewerName: review.reviewerId && userNameOf(users, review.reviewerId),
    verdict: review.verdict,
    comment: review.comment,
    durationSeconds: review.durationSeconds,
    sources: [...new Set(review.entries.map(({ source }) => source))],
    counts: review.round === round && (step === null || review.step <= step),
    createdAt: review.createdAt.toISOString(),
    reviewedBy: namedActor(review.reviewedBy, users),
  };
}
