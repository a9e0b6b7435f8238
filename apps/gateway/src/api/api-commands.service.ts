import { Inject, Injectable } from '@nestjs/common';
import { type CommandData, type CommandName, type CommandReply, Refusal } from '@tidegate/contracts';
import { CommandClient } from '@tidegate/messaging';
import { accessibleIntegrations } from '../auth/access.rule.js';
import { covers, type Reach } from '../auth/roles.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { type HttpCall } from '../http/call.js';
import { shareOf } from '../http/share.rule.js';
import { Integrations } from '../integrations/integrations.service.js';
import { recentIntegrations } from '../recent-keys.js';
import { alwaysEnters, SMALL_BYTES } from '../scim/lane.rule.js';
import { AdmissionControl } from '../scim/admission-control.js';
import { KeyedSemaphore } from '../keyed-semaphore.js';
import { API_LANES, type ApiLane, apiLaneOf, lineOf } from './api-lane.rule.js';
import { causeOfCall, knownCaller } from './known-caller.js';

/** KeyedSemaphore calls of /api/v1 into commands, under the integrations that the caller may touch and in their turn. */
@Injectable()
export class ApiCommands {
  private readonly semaphore: Readonly<Record<ApiLane, KeyedSemaphore>> = {
    urgent: semaphoreOf('urgent'),
    long: semaphoreOf('long'),
    ordinary: semaphoreOf('ordinary'),
  };

  constructor(
    private readonly client: CommandClient,
    private readonly room: AdmissionControl,
    private readonly integrations: Integrations,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /**
   * @param reach the integrations where everything may be touched, unless the handler has looked at more
   * @param why given on the way to a command that takes access away: it goes first as that one does
   * @throws Refusal from the receiver; `unavailable`, `deadline` or `tooManyRequests`
   */
  async ask<N extends CommandName>(
    name: N,
    call: HttpCall,
    data: CommandData<N>,
    reach: Reach = call.access.reach,
    why?: 'takesAccess',
  ): Promise<CommandReply<N>> {
    const lane = apiLaneOf(name, why === 'takesAccess');
    return this.send(name, call, data, await this.integrations.idsWithin(reach), lane);
  }

  /** The same within one integration. @throws Refusal `missing` when there is none of that id within reach */
  async askOne<N extends CommandName>(
    integrationId: string,
    name: N,
    call: HttpCall,
    data: CommandData<N>,
  ): Promise<CommandReply<N>> {
    const found = covers(accessibleIntegrations(call.access), integrationId)
      ? await this.integrations.idsWithin([integrationId])
      : [];
    if (found.length === 0) throw new Refusal('missing', 'No such integration.');
    return this.send(name, call, data, found, apiLaneOf(name, false));
  }

  private send<N extends CommandName>(
    name: N,
    call: HttpCall,
    data: CommandData<N>,
    integrationIds: string[],
    lane: ApiLane,
  ): Promise<CommandReply<N>> {
    const { requestId, bodyLength } = call;
    const [only, ...others] = integrationIds;
    const caller = knownCaller(call);
    const { actor } = causeOfCall(call, others.length === 0 ? only : undefined);
    const receivedAt = new Date(call.receivedAt).toISOString();
    const deadlineAt = Date.now() + this.config.apiSeconds * 1000;
    const urgent = lane === 'urgent' ? { urgent: true } : {};
    const asking = { integrationIds, requestId, receivedAt, deadlineAt, ...urgent, context: { actor } };
    const work = () => this.client.ask(name, asking, data);
    const inTurn = () => this.semaphore[lane].run(lineOf(integrationIds, caller), deadlineAt, work);
    const bytes = bodyLength > SMALL_BYTES ? bodyLength : 0;
    return alwaysEnters(lane, bodyLength) ? inTurn() : this.room.stay(shareOf(caller), bytes, inTurn);
  }
}

const semaphoreOf = (lane: ApiLane) =>
  new KeyedSemaphore(API_LANES[lane].atOnce, API_LANES[lane].rest, recentIntegrations);
