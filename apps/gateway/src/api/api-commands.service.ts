import { Inject, Injectable } from '@nestjs/common';
import { type CommandData, type CommandName, type CommandReply, Refusal } from '@tidegate/contracts';
import { CommandClient } from '@tidegate/messaging';
import { touchable } from '../auth/access.rule.js';
import { covers, type Reach } from '../auth/roles.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { type HttpCall } from '../http/call.js';
import { causeOfCall } from './known-caller.js';
import { Integrations } from '../integrations/integrations.service.js';

/** KeyedSemaphore calls of /api/v1 into commands, under the integrations that the caller may touch. */
@Injectable()
export class ApiCommands {
  constructor(
    private readonly client: CommandClient,
    private readonly integrations: Integrations,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /**
   * @param reach the integrations where everything may be touched, unless the handler has looked at more
   * @throws Refusal from the receiver; `unavailable` or `deadline`
   */
  async ask<N extends CommandName>(
    name: N,
    call: HttpCall,
    data: CommandData<N>,
    reach: Reach = call.access.reach,
  ): Promise<CommandReply<N>> {
    return this.send(name, call, data, await this.integrations.idsWithin(reach));
  }

  /** The same within one integration. @throws Refusal `missing` when there is none of that id within reach */
  async askOne<N extends CommandName>(
    integrationId: string,
    name: N,
    call: HttpCall,
    data: CommandData<N>,
  ): Promise<CommandReply<N>> {
    const found = covers(touchable(call.access), integrationId)
      ? await this.integrations.idsWithin([integrationId])
      : [];
    if (found.length === 0) throw new Refusal('missing', 'No such integration.');
    return this.send(name, call, data, found);
  }

  private send<N extends CommandName>(
    name: N,
    call: HttpCall,
    data: CommandData<N>,
    integrationIds: string[],
  ): Promise<CommandReply<N>> {
    const { requestId, receivedAt } = call;
    const [only, ...others] = integrationIds;
    const { actor } = causeOfCall(call, others.length === 0 ? only : undefined);
    const receivedAt = new Date(receivedAt).toISOString();
    const deadlineAt = Date.now() + this.config.apiSeconds * 1000;
    return this.client.ask(name, { integrationIds, requestId, receivedAt, deadlineAt, context: { actor } }, data);
  }
}
