import { causeOf, type Command, type CommandReply, Refusal } from '@tidegate/contracts';
import { In, type Tx } from '@tidegate/database';
import { Inject, Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { requireFound } from '../common/require-found.js';
import { SETTINGS, type Settings } from '../common/tokens.js';
import { Writes } from '../common/writes.service.js';
import { extend } from '../grants/extend-grant.js';
import { GrantEntity } from '../grants/grant.entity.js';
import { lockGrant } from '../grants/grants.queries.js';
import { extendsAs, type LockedGrant, whyNotExtend } from '../grants/may-extend.rule.js';
import { findGrant } from '../grants/named-grants.queries.js';
import { lockAccessInputs, type LockedInputs } from '../policy/access-inputs.js';
import { openRequest } from './open-request.js';
import { findPendingExtension } from './pending.queries.js';
import { addExtension } from './timeline.queries.js';

type Extend = Command<'grants.extend'>;

/** Extensions of grants. */
@Injectable()
export class ExtensionsService {
  constructor(
    private readonly writes: Writes,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Extends an active grant if its flow still allows the access. Its total duration can exceed neither the flow's current
   * maximum nor the maximum at the time of the grant. The holder, and the person who requested it, are bound by the extension
   * rule of the flow; if that requires the steps, they make a request. Locks in the order user, group, flow, grant.
   * @throws Refusal `missing`; `conflict` if the grant can't be extended; `notAllowed` if the flow allows no extension
   */
  extend(command: Extend): Promise<CommandReply<'grants.extend'>> {
    const { id, durationSeconds: seconds, isHolder = false } = command.data;
    const cause = causeOf(command);
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const where = { integrationId: In(command.integrationIds), id };
        const { integrationId, ...access } = requireFound(await tx.findOne(GrantEntity, { where }), 'grant');
        const locked = await lockAccessInputs(tx, integrationId, access);
        const grant = requireFound(await lockGrant(tx, integrationId, id), 'grant');
        const as = extendsAs(grant, cause.actor, isHolder);
        if (as === 'holder' && locked.flow?.extension?.approval === 'steps')
          return { requestId: await this.request(tx, command, locked, { ...access, ...grant }) };
        const extended = await extend(tx, integrationId, id, locked, { seconds, as }, cause);
        await addExtension(tx, cause.actor, extended, seconds);
        return { requestId: null };
      },
      async (tx, _, { requestId }) => ({
        ...requireFound(await findGrant(tx, command.integrationIds, id), 'grant'),
        extensionRequestId: requestId,
      }),
    );
  }

  /** Requests the extension. The request expires with the grant. @returns its id */
  private async request(
    tx: Tx,
    command: Extend,
    locked: LockedInputs,
    grant: LockedGrant & Pick<GrantEntity, 'flowId' | 'groupId'>,
  ): Promise<string> {
    const { id: grantId, durationSeconds, justification = null } = command.data;
    const flow = locked.flow!;
    const refusal = whyNotExtend(grant, flow, locked.inputs, { seconds: durationSeconds, as: 'holder' });
    if (refusal) throw refusal;
    const pending = await findPendingExtension(tx, flow.integrationId, grantId);
    if (pending)
      throw new Refusal(
        'conflict',
        'An extension of this grant is already requested. Wait for its decision, or cancel it.',
        {
          kind: 'request',
          id: pending.id,
          endsAt: pending.expiresAt.toISOString(),
        },
      );
    const id = uuidv7();
    await openRequest(tx, command, flow, locked, {
      id,
      kind: 'extension',
      flowId: flow.id,
      userId: grant.userId,
      groupId: grant.groupId,
      durationSeconds,
      justification,
      startsAt: null,
      grantId,
      idempotencyKey: null,
      idempotencyHash: null,
      pendingSeconds: flow.pendingSeconds ?? this.settings.pendingRequestSeconds,
      expiresBefore: grant.endsAt,
    });
    return id;
  }
}
