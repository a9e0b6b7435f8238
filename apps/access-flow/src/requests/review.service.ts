import { causeOf, type Command, type RequestReply } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { reviewerKeyOf } from '../approval/acting.rule.js';
import { personOf } from '../common/acting-person.rule.js';
import { requireFound } from '../common/require-found.js';
import { Writes } from '../common/writes.service.js';
import { lockAccessInputs } from '../policy/access-inputs.js';
import { advance } from './advance.js';
import { entriesOf } from './entries.js';
import { whyNotApprove, whyNotReview } from './may-review.rule.js';
import { findRequest } from './named-requests.queries.js';
import { findLiveGrant } from './overlap.queries.js';
import { refuseSecondGrant } from './overlap.rule.js';
import { findScope, lockRequest } from './requests.queries.js';
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
    const { id, reviewerId, verdict, comment = null, durationSeconds = null, asAdministrator = false } = command.data;
    const { actor } = command.context;
    const { integrationId, ...access } = requireFound(await findScope(tx, command.integrationIds, id), 'request');
    const madeBy = personOf(access.requestedBy)?.userId;
    const makerId = madeBy === access.userId ? undefined : madeBy;
    const others = [reviewerId, makerId].filter((each) => each !== undefined);
    const locked = await lockAccessInputs(tx, integrationId, access, others);
    const request = requireFound(await lockRequest(tx, integrationId, id), 'request');
    const { flow, users } = locked;
    const step = request.step !== null ? flow?.steps[request.step] : undefined;
    const login = actor.kind === 'person' ? actor : { issuer: actor.kind, subject: actor.kind };
    const reviewerKey = reviewerId ?? reviewerKeyOf({ issuer: login.issuer, subject: login.subject });
    const entries = await entriesOf(tx, request, locked, { reviewerId, reviewerKey, verdict, asAdministrator });
    const refusal =
      whyNotReview(request, {
        verdict,
        comment,
        durationSeconds,
        reviewer: reviewerId === undefined ? undefined : users.get(reviewerId),
        isAdministrator: asAdministrator && reviewerId === undefined && actor.kind === 'person',
        reviewerKey,
        maker: makerId === undefined ? undefined : (users.get(makerId) ?? { active: false }),
        distinctApprovers: flow?.distinctApprovers ?? true,
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
}
