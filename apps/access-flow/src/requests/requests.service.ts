import {
  type Cause,
  causeOf,
  type Command,
  FLOW_LIMITS,
  MAX_PAGE,
  type Page,
  pageOf,
  Refusal,
  REQUEST_STATUSES,
  type RequestRecord,
} from '@tidegate/contracts';
import { Database, recordFacts, type Tx } from '@tidegate/database';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { durationOf, found, idOf, idsOf, oneOf, optionalTextOf, sliceOf } from '../commands/input.js';
import { scopeOf } from '../commands/scope.js';
import { Writes } from '../commands/writes.js';
import { addRequestExpiry } from '../deadlines/deadlines.queries.js';
import { isPushedInto, lockGroups } from '../directory/groups.queries.js';
import { lockIntegration } from '../directory/integrations.queries.js';
import { lockPresent } from '../directory/users.queries.js';
import { findFlow, lockFlow } from '../flows/flows.queries.js';
import { grant } from '../grants/granting.js';
import { SCHEMA } from '../schema.js';
import { SETTINGS, type Settings } from '../tokens.js';
import { whyNotRequest } from './may-request.rule.js';
import { whyNotReview } from './may-review.rule.js';
import {
  closeRequest,
  countPending,
  findRequest,
  insertRequest,
  insertReview,
  listRequests,
  lockRequest,
  type NewRequest,
  toldRequest,
} from './requests.queries.js';
import { verdict } from './verdict.rule.js';

const VERDICTS = ['approve', 'deny'] as const;

type Wanted = Pick<NewRequest, 'userId' | 'groupId' | 'durationSeconds' | 'justification'> & { flowId: string };
type Asker = { active: boolean; deactivations: number };

/** Requests and their reviews. Every lock is taken in the order: integration, user, group, flow, request, work, grant. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
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
    return this.writes.run(
      command,
      uuidv7(),
      (tx, id) => this.ask(tx, command, id, wanted),
      (tx, id) => this.read(tx, command.integrationIds, id),
    );
  }

  /**
   * Approves or denies. An approval makes the grant in the same transaction.
   * @throws Refusal `missing`; `notAllowed` for the requester and whoever is no active approver; `conflict` when decided
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
        const { integrationId, userId } = await this.read(tx, command.integrationIds, id);
        const people = await lockPresent(tx, integrationId, [userId, reviewerId]);
        const { request, isOver } = found(await lockRequest(tx, integrationId, id), 'request');
        const requester = people.get(userId);
        const refusal = whyNotReview(request, { reviewer: people.get(reviewerId), requester, isOver });
        if (refusal) throw refusal;
        await insertReview(tx, integrationId, id, { reviewerId, verdict: word, comment });
        request.reviews.push({ reviewerId, verdict: word, comment, createdAt: command.receivedAt });
        await this.decide(tx, request, requester!, causeOf(command));
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
        await recordFacts(tx, SCHEMA, [toldRequest(row, causeOf(command))]);
      },
      (tx) => this.read(tx, command.integrationIds, id),
    );
  }

  /** @throws Refusal `missing` */
  async get(command: Command<'requests.get'>): Promise<RequestRecord> {
    const id = idOf(command.data.id, 'request');
    return this.database.transaction(command, (tx) => this.read(tx, command.integrationIds, id));
  }

  /** Counts the requests that are pending. */
  count(command: Command<'requests.count'>): Promise<{ openRequests: number }> {
    return this.database.transaction(command, async (tx) => ({
      openRequests: await countPending(tx, command.integrationIds),
    }));
  }

  /** @returns requests, newest first */
  async list(command: Command<'requests.list'>): Promise<Page<RequestRecord>> {
    const { integrationId, status, userId, approverIds } = command.data;
    const slice = sliceOf(command.data);
    const scope = scopeOf(command.integrationIds, integrationId);
    const filter = {
      status: status === undefined ? null : oneOf(status, 'status', REQUEST_STATUSES),
      userId: userId === undefined ? null : idOf(userId, 'user'),
      approverIds: approverIds === undefined ? null : idsOf(approverIds, 'approverIds', 1, MAX_PAGE),
    };
    const rows = await this.database.transaction(command, (tx) => listRequests(tx, scope, filter, slice));
    return pageOf(
      rows,
      slice.limit,
      (request) => request.id,
      (request) => request,
    );
  }

  private async ask(tx: Tx, command: Command<'requests.create'>, id: string, wanted: Wanted): Promise<void> {
    const { integrationId } = found(await findFlow(tx, command.integrationIds, wanted.flowId), 'access flow');
    const { disabled } = found(await lockIntegration(tx, integrationId), 'integration');
    if (disabled) throw new Refusal('notAllowed', 'This integration is disabled; nothing can be borrowed in it.');
    const user = (await lockPresent(tx, integrationId, [wanted.userId])).get(wanted.userId);
    const groups = await lockGroups(tx, integrationId, [wanted.groupId]);
    const flow = found(await lockFlow(tx, integrationId, wanted.flowId, 'SHARE'), 'access flow');
    const isRequester =
      flow.requesters.kind === 'everyone' ||
      (await isPushedInto(tx, integrationId, wanted.userId, flow.requesters.groupIds));
    const refusal = whyNotRequest(flow, { ...wanted, user, groupIsThere: groups.has(wanted.groupId), isRequester });
    if (refusal) throw refusal;

    const { approval } = flow;
    const { deactivations } = user!;
    const { pendingRequestSeconds: pendingSeconds } = this.settings;
    const row = await insertRequest(tx, { ...wanted, id, integrationId, approval, deactivations, pendingSeconds });
    if (!row) throw new Refusal('conflict', 'The same request is pending already.');
    await recordFacts(tx, SCHEMA, [toldRequest(row, causeOf(command))]);
    const decided = await this.decide(
      tx,
      { ...wanted, id, integrationId, approval, reviews: [] },
      user!,
      causeOf(command),
    );
    if (!decided) await addRequestExpiry(tx, integrationId, id);
  }

  /** Closes the locked request when its reviews decide it; an approval grants. @returns whether they do */
  private async decide(
    tx: Tx,
    request: Parameters<typeof grant>[1] & Pick<RequestRecord, 'approval' | 'reviews'>,
    requester: Asker,
    cause: Cause,
  ): Promise<boolean> {
    const outcome = verdict(request.approval, request.reviews);
    if (outcome === 'pending') return false;
    const grantId = outcome === 'approved' ? uuidv7() : undefined;
    const row = await closeRequest(tx, request.integrationId, request.id, { status: outcome, grantId });
    if (!row) throw new Error('a request was decided under lock by another (this is a bug)');
    await recordFacts(tx, SCHEMA, [toldRequest(row, cause)]);
    if (grantId) await grant(tx, request, grantId, requester, cause);
    return true;
  }

  private async read(tx: Tx, integrationIds: string[], id: string): Promise<RequestRecord> {
    return found(await findRequest(tx, integrationIds, id), 'request');
  }
}
