import {
  type Cause,
  causeOf,
  type Command,
  FLOW_LIMITS,
  type FlowRecord,
  Refusal,
  type RequestRecord,
} from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { durationOf, found, idOf, oneOf, optionalTextOf } from '../commands/input.js';
import { Writes } from '../commands/writes.js';
import { addRequestExpiry } from '../deadlines/deadlines.queries.js';
import { lockIntegration } from '../directory/integrations.queries.js';
import { type KnownUser } from '../directory/users.queries.js';
import { lockCircumstances } from '../flows/circumstances.js';
import { approverIdsOf, findFlow } from '../flows/flows.queries.js';
import { grant } from '../grants/granting.js';
import { SCHEMA } from '../schema.js';
import { SETTINGS, type Settings } from '../tokens.js';
import { isUndecidable } from './approvers.rule.js';
import { whyNotRequest } from './may-request.rule.js';
import { whyNotApprove, whyNotReview } from './may-review.rule.js';
import {
  closeRequest,
  findRequest,
  insertRequest,
  insertReview,
  lockRequest,
  type NewRequest,
  requestEvent,
} from './requests.queries.js';
import { UndecidableAlarm } from './undecidable.alarm.js';
import { verdict } from './verdict.rule.js';

const VERDICTS = ['approve', 'deny'] as const;

type Wanted = Pick<NewRequest, 'userId' | 'groupId' | 'durationSeconds' | 'justification'> & { flowId: string };

/** Requests and their reviews. Every lock is taken in the order: integration, user, group, flow, request, work, grant. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly writes: Writes,
    private readonly alarm: UndecidableAlarm,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Asks for a group. In an automatic flow the answer is an approved request with its grant, made together.
   * @throws Refusal `missing`, `invalid`, `notAllowed`; `conflict` when the same is pending already
   */
  create(command: Command<'requests.create'>): Promise<RequestRecord> {
    const { data } = command;
    const wanted: Wanted = {
      flowId: idOf(data.flowId, 'access flow'),
      userId: idOf(data.userId, 'user'),
      groupId: idOf(data.groupId, 'group'),
      durationSeconds: durationOf(data.durationSeconds, 'durationSeconds'),
      justification: optionalTextOf(data.justification, 'justification', FLOW_LIMITS.justificationLength),
    };
    return this.writes
      .run(
        command,
        uuidv7(),
        (tx, id) => this.ask(tx, command, id, wanted),
        (tx, id) => this.read(tx, command.integrationIds, id),
      )
      .then((request) => {
        if (request.undecidable) this.alarm.raise(request.integrationId, [request.id]);
        return request;
      });
  }

  /**
   * Approves or denies. An approval makes the grant in the same transaction, by the rules of the flow as they are then.
   * @throws Refusal `missing`; `notAllowed` for the requester and whoever is no active approver; `conflict` when decided,
   * and for an approval of what the flow no longer allows
   */
  review(command: Command<'requests.review'>): Promise<RequestRecord> {
    const id = idOf(command.data.id, 'request');
    const reviewerId = idOf(command.data.reviewerId, 'user');
    const comment = optionalTextOf(command.data.comment, 'comment', FLOW_LIMITS.justificationLength);
    const word = oneOf(command.data.verdict, 'verdict', VERDICTS);
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId, ...access } = await this.read(tx, command.integrationIds, id);
        const { flow, circumstances, users } = await lockCircumstances(tx, integrationId, access, [reviewerId]);
        const { request, isOver } = found(await lockRequest(tx, integrationId, id), 'request');
        const [reviewer, requester] = [users.get(reviewerId), users.get(access.userId)];
        const refusal =
          whyNotReview(request, {
            verdict: word,
            reviewer,
            requester,
            isOver,
            approval: flow?.approval,
            actor: command.context.actor,
          }) ?? (word === 'approve' ? whyNotApprove(flow, circumstances) : undefined);
        if (refusal) throw refusal;
        const review = { reviewerId, verdict: word, comment, reviewedBy: command.context.actor };
        await insertReview(tx, integrationId, id, review);
        request.reviews.push({ ...review, createdAt: command.receivedAt });
        await this.decide(tx, request, flow!, requester!, causeOf(command));
      },
      (tx) => this.read(tx, command.integrationIds, id),
    );
  }

  /** Withdraws a request. @throws Refusal `missing`; `conflict` when it is not pending */
  cancel(command: Command<'requests.cancel'>): Promise<RequestRecord> {
    const id = idOf(command.data.id, 'request');
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId } = await this.read(tx, command.integrationIds, id);
        const row = await closeRequest(tx, integrationId, id, { status: 'cancelled', reason: 'withdrawn' });
        if (!row) throw new Refusal('conflict', 'Only a pending request can be cancelled.');
        await recordEvents(tx, SCHEMA, [requestEvent(row, causeOf(command))]);
      },
      (tx) => this.read(tx, command.integrationIds, id),
    );
  }

  private async ask(tx: Tx, command: Command<'requests.create'>, id: string, wanted: Wanted): Promise<void> {
    const { integrationId } = found(await findFlow(tx, command.integrationIds, wanted.flowId), 'access flow');
    const { disabled } = found(await lockIntegration(tx, integrationId), 'integration');
    if (disabled) throw new Refusal('notAllowed', 'This integration is disabled; nothing can be borrowed in it.');
    const { users, ...locked } = await lockCircumstances(tx, integrationId, wanted);
    const flow = found(locked.flow, 'access flow');
    const refusal = whyNotRequest(flow, locked.circumstances, wanted.durationSeconds);
    if (refusal) throw refusal;

    const { approval } = flow;
    const user = users.get(wanted.userId)!;
    const row = await insertRequest(tx, {
      ...wanted,
      id,
      integrationId,
      approval,
      undecidable: isUndecidable(approverIdsOf(approval), wanted.userId),
      deactivations: user.deactivations,
      pendingSeconds: this.settings.pendingRequestSeconds,
      requestedBy: command.context.actor,
    });
    if (!row) throw new Refusal('conflict', 'The same request is pending already.');
    await recordEvents(tx, SCHEMA, [requestEvent(row, causeOf(command))]);
    const asked = { ...wanted, id, integrationId, approval, reviews: [] };
    const decided = await this.decide(tx, asked, flow, user, causeOf(command));
    if (!decided) await addRequestExpiry(tx, integrationId, id);
  }

  /** Closes the locked request when its reviews decide it; an approval grants. @returns whether they do */
  private async decide(
    tx: Tx,
    request: Parameters<typeof grant>[1] & Pick<RequestRecord, 'approval' | 'reviews'>,
    flow: FlowRecord,
    requester: KnownUser,
    cause: Cause,
  ): Promise<boolean> {
    const outcome = verdict(request.approval, request.reviews);
    if (outcome === 'pending') return false;
    const grantId = outcome === 'approved' ? uuidv7() : undefined;
    const row = await closeRequest(tx, request.integrationId, request.id, { status: outcome, grantId });
    if (!row) throw new Error('a request was decided under lock by another (this is a bug)');
    await recordEvents(tx, SCHEMA, [requestEvent(row, cause)]);
    if (grantId) await grant(tx, request, flow, grantId, requester, cause);
    return true;
  }

  private async read(tx: Tx, integrationIds: string[], id: string): Promise<RequestRecord> {
    return found(await findRequest(tx, integrationIds, id), 'request');
  }
}
