import { causeOf, type Command, type RequestReply } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { actingRules, reviewerKeyOf } from '../approval/acting.rule.js';
import { mayAct } from '../approval/routing.rule.js';
import { requireFound } from '../common/require-found.js';
import { Writes } from '../common/writes.service.js';
import { type LockedInputs, lockAccessInputs } from '../policy/access-inputs.js';
import { advance } from './advance.js';
import { allApprovers, type OpenApprover } from './approvers.queries.js';
import { whyNotApprove, whyNotReview } from './may-review.rule.js';
import { findRequest } from './named-requests.queries.js';
import { routeStep } from './open-step.js';
import { findLiveGrant } from './overlap.queries.js';
import { refuseSecondGrant } from './overlap.rule.js';
import { findPlace, type LockedRequest, lockRequest } from './requests.queries.js';
import { type ReviewEntry } from './review.entity.js';
import { insertReview } from './reviews.queries.js';
import { addEntries } from './timeline.queries.js';
import { UndecidableLogger } from './undecidable-log.service.js';

/** Reviews of requests. Locks are taken in the order user, group, flow, request, job of the target, grant. */
@Injectable()
export class ReviewService {
  constructor(
    private readonly writes: Writes,
    private readonly undecidableLogger: UndecidableLogger,
  ) {}

  /**
   * Approves or denies a step of a request. The last approval creates the grant, or extends it, in the same transaction. All
   * rules are evaluated again under the current flow.
   * @throws Refusal `missing`; `notAllowed` for users who are not approvers of the open step; `conflict` if the request is
   * not pending, the flow no longer allows the access, or the requester has a live grant for the group
   */
  async review(command: Command<'requests.review'>): Promise<RequestReply> {
    const { id } = command.data;
    let undecidable = false;
    const reviewed = await this.writes.run(
      command,
      id,
      async (tx) => {
        undecidable = await this.apply(tx, command);
      },
      async (tx) => requireFound(await findRequest(tx, command.integrationIds, id), 'request'),
    );
    if (undecidable) this.undecidableLogger.log(reviewed.integrationId, [id]);
    return reviewed;
  }

  /** @returns whether the request became undecidable by users */
  private async apply(tx: Tx, command: Command<'requests.review'>): Promise<boolean> {
    const { id, reviewerId, verdict, comment = null, durationSeconds = null } = command.data;
    const { actor } = command.context;
    const { integrationId, ...access } = requireFound(await findPlace(tx, command.integrationIds, id), 'request');
    const locked = await lockAccessInputs(tx, integrationId, access, reviewerId ? [reviewerId] : []);
    const request = requireFound(await lockRequest(tx, integrationId, id), 'request');
    const { flow, users } = locked;
    const step = request.step !== null ? flow?.steps[request.step] : undefined;
    const entries = await this.entriesOf(tx, request, locked, { reviewerId, verdict });
    const refusal =
      whyNotReview(request, {
        verdict,
        comment,
        durationSeconds,
        reviewer: reviewerId === undefined ? undefined : users.get(reviewerId),
        isAdministrator: reviewerId === undefined && actor.kind === 'person',
        requester: users.get(access.userId),
        step,
        entries,
        actor,
      }) ?? (verdict === 'approve' ? whyNotApprove(flow, locked.inputs) : undefined);
    if (refusal) throw refusal;
    if (verdict === 'approve' && request.kind === 'access') {
      const live = await findLiveGrant(tx, request);
      if (live) throw refuseSecondGrant(live);
    }
    const reviewerKey =
      reviewerId ?? reviewerKeyOf(actor.kind === 'person' ? actor : { issuer: actor.kind, subject: actor.kind });
    const place = { integrationId, requestId: id, round: request.round, step: request.step! };
    const review = await insertReview(tx, {
      ...place,
      reviewerKey,
      reviewerId: reviewerId ?? null,
      verdict,
      entries,
      comment,
      durationSeconds,
      reviewedBy: actor,
    });
    request.reviews.push(review);
    const data = { step: request.step, verdict, reviewerId: review.reviewerId };
    await addEntries(tx, actor, [{ request, kind: 'reviewed', data }]);
    const state = { requester: users.get(access.userId)!, inputs: locked.inputs };
    const result = await advance(tx, request, flow!, state, causeOf(command));
    return result.becameUndecidable;
  }

  /**
   * @returns the entries of the open step to which the reviewer belongs now; empty if the reviewer is no approver. Of a
   * decided request, those to which the reviewer belonged.
   */
  private async entriesOf(
    tx: Tx,
    request: LockedRequest,
    { flow, persons }: LockedInputs,
    { reviewerId, verdict }: Pick<Command<'requests.review'>['data'], 'reviewerId' | 'verdict'>,
  ): Promise<ReviewEntry[]> {
    const groups = reviewerId === undefined ? undefined : persons.get(reviewerId)?.groups;
    const among = (approvers: readonly OpenApprover[], mayActByGroup: boolean): ReviewEntry[] =>
      approvers
        .filter(({ kind, approverId }) => {
          if (kind === 'administrators') return reviewerId === undefined;
          if (kind === 'user') return approverId === reviewerId;
          return mayActByGroup && (groups?.get(approverId)?.scim ?? false);
        })
        .map(({ tier, entry, source }) => ({ tier, entry, source }));
    if (request.status !== 'pending') return among(await allApprovers(tx, request.integrationId, request.id), true);

    const { step: index } = request;
    const step = index === null ? undefined : flow?.steps[index];
    if (!flow || !step || index === null) return [];
    const entriesIn = async (routed: LockedRequest) => {
      const rules = actingRules(routed, index, {
        allowSelf: step.allowSelf,
        distinctApprovers: flow.distinctApprovers,
      });
      const { approvers } = await routeStep(tx, flow, index, routed);
      return among(approvers, reviewerId !== undefined && mayAct(reviewerId, rules, 'group'));
    };
    const entries = await entriesIn(request);
    // The person who made a request for another user can deny it, as an approver, but not approve it.
    return entries.length > 0 || verdict === 'approve' ? entries : entriesIn({ ...request, requestedBy: null });
  }
}
