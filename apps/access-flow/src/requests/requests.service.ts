import {
  type Cause,
  causeOf,
  type Command,
  Refusal,
  type RequestReply,
  systemCause,
  type UnnamedFlow,
  type UnnamedRequest,
} from '@tidegate/contracts';
import { addJobs, recordEvents, type Tx } from '@tidegate/database';
import { newRequestId } from '@tidegate/observability';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { requireFound } from '../common/require-found.js';
import { Writes } from '../common/writes.service.js';
import { lockIntegration } from '../directory/integrations.queries.js';
import { type KnownUser } from '../directory/users.queries.js';
import { lockAccessInputs } from '../policy/access-inputs.js';
import { approverIdsOf, findFlow } from '../policy/flows.queries.js';
import { createGrant } from '../grants/create-grant.js';
import { SCHEMA } from '../common/schema.js';
import { SETTINGS, type Settings } from '../common/tokens.js';
import { isUndecidable } from './approvers.rule.js';
import { whyNotRequest } from './may-request.rule.js';
import { whyNotApprove, whyNotReview } from './may-review.rule.js';
import { findLiveGrant, findOverlap } from './overlap.queries.js';
import { refuseOverlap, refuseSecondGrant } from './overlap.rule.js';
import { requestEvent } from './request.events.js';
import { findRequest } from './named-requests.queries.js';
import { closeRequest, insertRequest, lockRequest, REQUEST_EXPIRE } from './requests.queries.js';
import { ReviewEntity } from './review.entity.js';
import { UndecidableLogger } from './undecidable-log.service.js';
import { verdict } from './verdict.rule.js';

/** Requests and their reviews. Locks are taken in the order integration, user, group, flow, request, job of the target, grant. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly writes: Writes,
    private readonly undecidableLogger: UndecidableLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Creates a request. Under an automatic flow it is approved and its grant created in the same transaction.
   * @throws Refusal `missing`, `invalid`, `notAllowed`; `conflict` beside a live grant or pending request for the
   * same group
   */
  create(command: Command<'requests.create'>): Promise<RequestReply> {
    return this.writes
      .run(
        command,
        uuidv7(),
        (tx, id) => this.insert(tx, command, id),
        (tx, id) => this.read(tx, command.integrationIds, id),
      )
      .then((request) => {
        if (request.undecidable) this.undecidableLogger.log(request.integrationId, [request.id]);
        return request;
      });
  }

  /**
   * Approves or denies a request. An approval creates the grant in the same transaction, under the current flow.
   * @throws Refusal `missing`; `notAllowed` for the requester and for users who are not active approvers; `conflict` if the
   * request is not pending, the flow no longer allows the access, or the requester has a live grant for the group
   */
  review(command: Command<'requests.review'>): Promise<RequestReply> {
    const { id, reviewerId, verdict: choice, comment = null } = command.data;
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId, ...access } = await this.read(tx, command.integrationIds, id);
        const { flow, inputs, users } = await lockAccessInputs(tx, integrationId, access, [reviewerId]);
        const { request, isOver } = requireFound(await lockRequest(tx, integrationId, id), 'request');
        const [reviewer, requester] = [users.get(reviewerId), users.get(access.userId)];
        const refusal =
          whyNotReview(request, {
            verdict: choice,
            reviewer,
            requester,
            isOver,
            approval: flow?.approval,
            actor: command.context.actor,
          }) ?? (choice === 'approve' ? whyNotApprove(flow, inputs) : undefined);
        if (refusal) throw refusal;
        const live = choice === 'approve' ? await findLiveGrant(tx, { ...access, integrationId }) : undefined;
        if (live) throw refuseSecondGrant(live);
        const review = { reviewerId, verdict: choice, comment, reviewedBy: command.context.actor };
        await tx.insert(ReviewEntity, { integrationId, requestId: id, ...review });
        request.reviews.push({ ...review, createdAt: command.receivedAt });
        await this.decide(tx, request, flow!, requester!, causeOf(command));
      },
      (tx) => this.read(tx, command.integrationIds, id),
    );
  }

  /** Cancels a request. @throws Refusal `missing`; `conflict` if it is not pending */
  cancel(command: Command<'requests.cancel'>): Promise<RequestReply> {
    const { id } = command.data;
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId } = await this.read(tx, command.integrationIds, id);
        const row = await closeRequest(tx, integrationId, id, { status: 'cancelled', reason: 'withdrawn' });
        if (!row) throw new Refusal('conflict', 'Only pending requests can be cancelled.');
        await recordEvents(tx, SCHEMA, [requestEvent(row, causeOf(command))]);
      },
      (tx) => this.read(tx, command.integrationIds, id),
    );
  }

  private async insert(tx: Tx, command: Command<'requests.create'>, id: string): Promise<void> {
    const input = { ...command.data, justification: command.data.justification ?? null };
    const { integrationId } = requireFound(await findFlow(tx, command.integrationIds, input.flowId), 'access flow');
    const { disabled } = requireFound(await lockIntegration(tx, integrationId), 'integration');
    if (disabled) throw new Refusal('notAllowed', 'This integration is disabled and accepts no requests.');
    const { users, ...locked } = await lockAccessInputs(tx, integrationId, input);
    const flow = requireFound(locked.flow, 'access flow');
    const refusal = whyNotRequest(flow, locked.inputs, input.durationSeconds);
    if (refusal) throw refusal;
    const overlap = await findOverlap(tx, { ...input, integrationId });
    if (overlap) throw refuseOverlap(overlap);

    const { approval } = flow;
    const approverIds = approverIdsOf(approval);
    const user = users.get(input.userId)!;
    const row = await insertRequest(tx, {
      ...input,
      id,
      integrationId,
      approverIds,
      undecidable: isUndecidable(approverIds, input.userId),
      deactivations: user.deactivations,
      pendingSeconds: this.settings.pendingRequestSeconds,
      requestedBy: command.context.actor,
    });
    await recordEvents(tx, SCHEMA, [requestEvent(row, causeOf(command))]);
    const request = { ...input, id, integrationId, approval, reviews: [] };
    const decided = await this.decide(tx, request, flow, user, causeOf(command));
    if (decided) return;
    const expiry = systemCause('expiry', newRequestId());
    await addJobs(tx, SCHEMA, [{ kind: REQUEST_EXPIRE, integrationId, key: id, at: row.expiresAt, ...expiry }]);
  }

  /** Closes the locked request if its reviews are sufficient; creates the grant of an approval. @returns whether it closed */
  private async decide(
    tx: Tx,
    request: Parameters<typeof createGrant>[1] & Pick<UnnamedRequest, 'approval' | 'reviews'>,
    flow: UnnamedFlow,
    requester: KnownUser,
    cause: Cause,
  ): Promise<boolean> {
    const outcome = verdict(request.approval, request.reviews);
    if (outcome === 'pending') return false;
    const grantId = outcome === 'approved' ? uuidv7() : undefined;
    const row = await closeRequest(tx, request.integrationId, request.id, { status: outcome, grantId });
    if (!row) throw new Error('a locked request was decided concurrently (this is a bug)');
    await recordEvents(tx, SCHEMA, [requestEvent(row, cause)]);
    if (grantId) await createGrant(tx, request, flow, grantId, requester, cause);
    return true;
  }

  private async read(tx: Tx, integrationIds: string[], id: string): Promise<RequestReply> {
    return requireFound(await findRequest(tx, integrationIds, id), 'request');
  }
}
