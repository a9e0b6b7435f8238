import { causeOf, type Command, Refusal, type RequestReply, type UnnamedFlow } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { requireFound } from '../common/require-found.js';
import { SCHEMA } from '../common/schema.js';
import { SETTINGS, type Settings } from '../common/tokens.js';
import { Writes } from '../common/writes.service.js';
import { lockIntegration } from '../directory/integrations.queries.js';
import { lockAccessInputs, type LockedInputs } from '../policy/access-inputs.js';
import { matches } from '../policy/condition.rule.js';
import { findFlow } from '../policy/flows.queries.js';
import { closeApprovers } from './approvers.queries.js';
import { refuseCapped, refuseTooManyPending } from './caps.queries.js';
import { chooseFlow } from './choose-flow.js';
import { type Asked, type RequestingMember, whyNotRequest, whyNotRequestFor } from './may-request.rule.js';
import { findRequest } from './named-requests.queries.js';
import { recordEnds } from './notify.js';
import { openRequest } from './open-request.js';
import { findOverlap } from './overlap.queries.js';
import { refuseOverlap } from './overlap.rule.js';
import { isRepeat, requestHash } from './repeated.rule.js';
import { requestEvent } from './request.events.js';
import { closeRequest, findByKey, findScope } from './requests.queries.js';
import { UndecidableLogger } from './undecidable-log.service.js';

type Create = Command<'requests.create'>;

/** What creating a request did besides the request. */
interface Outcome {
  /** The id of the request: an earlier one if the idempotency key was used before. */
  id: string;
  otherFlows: { id: string; name: string }[];
}

/** Requests. Locks are taken in the order integration, user, group, flow, request, job of the target, grant. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly writes: Writes,
    private readonly undecidableLogger: UndecidableLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Creates a request. Without steps in its flow it is approved and its grant created in the same transaction. With
   * `validateOnly` the transaction is rolled back.
   * @throws Refusal `missing`, `invalid`, `notAllowed`; `conflict` beside a live grant or pending request for the same group
   *   and time, at a cap of the flow, and for a used idempotency key with other data
   */
  async create(command: Create): Promise<RequestReply> {
    const run = command.data.validateOnly ? this.writes.validate.bind(this.writes) : this.writes.run.bind(this.writes);
    const request = await run(
      command,
      uuidv7(),
      (tx: Tx, id: string) => this.insert(tx, command, id),
      async (tx: Tx, _: string, { id, otherFlows }: Outcome) => ({
        ...(await this.read(tx, command.integrationIds, id)),
        otherFlows,
      }),
    );
    if (request.undecidable && !command.data.validateOnly)
      this.undecidableLogger.log(request.integrationId, [request.id]);
    return request;
  }

  /** Cancels a request. @throws Refusal `missing`; `conflict` if it is not pending */
  cancel(command: Command<'requests.cancel'>): Promise<RequestReply> {
    const { id } = command.data;
    const cause = causeOf(command);
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId } = requireFound(await findScope(tx, command.integrationIds, id), 'request');
        const row = await closeRequest(tx, integrationId, id, { status: 'cancelled', reason: 'withdrawn' });
        if (!row) throw new Refusal('conflict', 'Only pending requests can be cancelled.');
        await closeApprovers(tx, integrationId, [id]);
        await recordEvents(tx, SCHEMA, [requestEvent(row, cause)]);
        await recordEnds(tx, [row], cause);
      },
      (tx) => this.read(tx, command.integrationIds, id),
    );
  }

  private async insert(tx: Tx, command: Create, id: string): Promise<Outcome> {
    const { data } = command;
    const { userId, groupId, memberId, idempotencyKey = null } = data;
    const { integrationId, flowId, others } = await this.chosenFlow(tx, command);
    const { disabled } = requireFound(await lockIntegration(tx, integrationId), 'integration');
    if (disabled) throw new Refusal('notAllowed', 'This integration is disabled and accepts no requests.');
    const access = { flowId, userId, groupId };
    const locked = await lockAccessInputs(tx, integrationId, access, memberId && memberId !== userId ? [memberId] : []);
    const flow = requireFound(locked.flow, 'access flow');
    const member = memberId === undefined ? undefined : requestingMember(flow, locked, userId, memberId);
    const notFor = whyNotRequestFor(flow, userId, member);
    if (notFor) throw notFor;
    const hash = requestHash(data);
    const earlier = idempotencyKey ? await findByKey(tx, integrationId, userId, idempotencyKey) : undefined;
    if (earlier) {
      if (!isRepeat(earlier, hash))
        throw new Refusal('conflict', 'This idempotency key was used for another request of this user.');
      return { id: earlier.id, otherFlows: [] };
    }
    const asked: Asked = {
      durationSeconds: data.durationSeconds,
      justification: data.justification ?? null,
      startsAt: data.startsAt === undefined ? null : new Date(data.startsAt),
    };
    try {
      await this.check(tx, flow, locked, { userId, groupId }, asked);
    } catch (error) {
      // Other members do not learn why: it would tell them about the attributes and the access of this user.
      const isStranger = member !== undefined && member.userId !== userId && !member.isManager;
      if (isStranger && error instanceof Refusal && error.code !== 'invalid')
        throw new Refusal('notAllowed', 'This user cannot get this access now.');
      throw error;
    }
    const { startsAt, durationSeconds } = asked;
    await openRequest(tx, command, flow, locked, {
      ...asked,
      ...access,
      id,
      kind: 'access',
      grantId: null,
      idempotencyKey,
      idempotencyHash: idempotencyKey === null ? null : hash,
      pendingSeconds: flow.pendingSeconds ?? this.settings.pendingRequestSeconds,
      expiresBefore: startsAt && new Date(startsAt.getTime() + (durationSeconds - flow.minDurationSeconds) * 1000),
    });
    return { id, otherFlows: others.map(({ id: otherId, name }) => ({ id: otherId, name })) };
  }

  /** @throws Refusal of a new request */
  private async check(
    tx: Tx,
    flow: UnnamedFlow,
    { inputs }: LockedInputs,
    { userId, groupId }: { userId: string; groupId: string },
    asked: Asked,
  ): Promise<void> {
    const { integrationId } = flow;
    const refusal = whyNotRequest(flow, inputs, asked, new Date());
    if (refusal) throw refusal;
    const overlap = await findOverlap(tx, { integrationId, userId, groupId, ...asked });
    if (overlap) throw refuseOverlap(overlap);
    await refuseTooManyPending(tx, integrationId, userId);
    await refuseCapped(tx, flow, { integrationId, userId, groupId });
  }

  private async chosenFlow(
    tx: Tx,
    { data, integrationIds }: Create,
  ): Promise<{ integrationId: string; flowId: string; others: UnnamedFlow[] }> {
    if (data.flowId !== undefined) {
      const { integrationId } = requireFound(await findFlow(tx, integrationIds, data.flowId), 'access flow');
      return { integrationId, flowId: data.flowId, others: [] };
    }
    const [integrationId, ...more] = integrationIds;
    if (!integrationId || more.length > 0) throw new Refusal('invalid', 'flowId is required.');
    const { flow, others } = await chooseFlow(tx, integrationId, data);
    return { integrationId, flowId: flow.id, others };
  }

  private async read(tx: Tx, integrationIds: string[], id: string): Promise<RequestReply> {
    return requireFound(await findRequest(tx, integrationIds, id), 'request');
  }
}

function requestingMember(
  flow: UnnamedFlow,
  { persons, users }: LockedInputs,
  userId: string,
  memberId: string,
): RequestingMember {
  const person = persons.get(memberId);
  const isActive = users.get(memberId)?.active ?? false;
  const isEligible = isActive && person !== undefined && matches(flow.eligibility, person);
  return { userId: memberId, isActive, isEligible, isManager: persons.get(userId)?.managerId === memberId };
}
