import { Inject, Injectable } from '@nestjs/common';
import { type CommandData, type CommandName, type CommandReply, Refusal } from '@tidegate/contracts';
import { CommandClient } from '@tidegate/messaging';
import { accessibleIntegrations } from '../../callers/access.rule.js';
import { covers, type Reach } from '../../callers/roles.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../../config/config.js';
import { type HttpCall } from '../../callers/call.js';
import { shareOf } from '../../callers/share.rule.js';
import { Integrations } from '../../integrations/integrations.service.js';
import { bypassesAdmission, SMALL_BYTES } from '../../limits/lane.rule.js';
import { AdmissionControl } from '../../limits/admission-control.limiter.js';
import { KeyedSemaphore, semaphoresByLane } from '../../limits/keyed-semaphore.limiter.js';
import { API_LANES, type ApiLane, apiLaneOf, callerKey, queueKey } from './api-lane.rule.js';
import { causeOfCall, apiCaller } from './known-caller.js';

/** Sends the commands of /api/v1, bound to the integrations of the caller and limited by lane, integration and caller. */
@Injectable()
export class ApiCommands {
  private readonly semaphore = semaphoresByLane(API_LANES);
  private readonly perCaller: Readonly<Record<ApiLane, KeyedSemaphore>> = {
    urgent: new KeyedSemaphore(API_LANES.urgent.perCaller),
    long: new KeyedSemaphore(API_LANES.long.perCaller),
    ordinary: new KeyedSemaphore(API_LANES.ordinary.perCaller),
  };

  constructor(
    private readonly client: CommandClient,
    private readonly admission: AdmissionControl,
    private readonly integrations: Integrations,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /**
   * @param reach the integrations that the command is bound to; defaults to those where the caller has the scope
   * @param why `takesAccess` for a lookup that precedes a command that takes access away: both are urgent
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

  /**
   * `ask` with an earlier deadline, for what a response can do without: a receiver that does not reply then delays neither
   * the response nor the other commands of the caller.
   * @param milliseconds until the deadline, at most that of the other commands
   */
  async askBriefly<N extends CommandName>(
    name: N,
    call: HttpCall,
    data: CommandData<N>,
    reach: Reach,
    milliseconds: number,
  ): Promise<CommandReply<N>> {
    const integrationIds = await this.integrations.idsWithin(reach);
    return this.send(name, call, data, integrationIds, apiLaneOf(name, false), milliseconds);
  }

  /** `ask` within one integration. @throws Refusal `missing` when the caller cannot reach it */
  async askOne<N extends CommandName>(
    integrationId: string,
    name: N,
    call: HttpCall,
    data: CommandData<N>,
  ): Promise<CommandReply<N>> {
    const ids = covers(accessibleIntegrations(call.access), integrationId)
      ? await this.integrations.idsWithin([integrationId])
      : [];
    if (ids.length === 0) throw new Refusal('missing', 'No such integration.');
    return this.send(name, call, data, ids, apiLaneOf(name, false));
  }

  private send<N extends CommandName>(
    name: N,
    call: HttpCall,
    data: CommandData<N>,
    integrationIds: string[],
    lane: ApiLane,
    milliseconds = Infinity,
  ): Promise<CommandReply<N>> {
    const { requestId, bodyLength } = call;
    const [only, ...others] = integrationIds;
    const caller = apiCaller(call);
    const { actor } = causeOfCall(call, others.length === 0 ? only : undefined);
    const receivedAt = new Date(call.receivedAt).toISOString();
    const deadlineAt = Date.now() + Math.floor(Math.min(milliseconds, this.config.apiSeconds * 1000));
    const urgent = lane === 'urgent' ? { urgent: true } : {};
    const request = { integrationIds, requestId, receivedAt, deadlineAt, ...urgent, context: { actor } };
    const work = () => this.client.ask(name, request, data);
    const queued = () => this.semaphore[lane].run(queueKey(integrationIds), deadlineAt, work);
    const limited = () => this.perCaller[lane].run(callerKey(caller), deadlineAt, queued);
    const bytes = bodyLength > SMALL_BYTES ? bodyLength : 0;
    return bypassesAdmission(lane, bodyLength) ? limited() : this.admission.run(shareOf(caller), bytes, limited);
  }
}
