import { Inject, Injectable } from '@nestjs/common';
import { type CommandData, type CommandName, type CommandReply, Refusal } from '@tidegate/contracts';
import { CommandClient } from '@tidegate/messaging';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { type HttpCall } from '../http/call.js';
import { Integrations } from '../integrations/integrations.service.js';

/** Turns calls of the administration into commands, under the integrations that its key may touch: all of them. */
@Injectable()
export class ApiCommands {
  constructor(
    private readonly client: CommandClient,
    private readonly integrations: Integrations,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws Refusal from the receiver; `unavailable` or `deadline` */
  async ask<N extends CommandName>(name: N, call: HttpCall, data: CommandData<N>): Promise<CommandReply<N>> {
    return this.send(name, call, data, await this.integrations.allIds());
  }

  /** The same within one integration. @throws Refusal `missing` when there is none of that id */
  async askOne<N extends CommandName>(
    integrationId: string,
    name: N,
    call: HttpCall,
    data: CommandData<N>,
  ): Promise<CommandReply<N>> {
    const ids = await this.integrations.allIds();
    if (!ids.includes(integrationId)) throw new Refusal('missing', 'No such integration.');
    return this.send(name, call, data, [integrationId]);
  }

  private send<N extends CommandName>(
    name: N,
    { requestId, enteredAt }: HttpCall,
    data: CommandData<N>,
    integrationIds: string[],
  ): Promise<CommandReply<N>> {
    const receivedAt = new Date(enteredAt).toISOString();
    const deadlineAt = Date.now() + this.config.apiSeconds * 1000;
    return this.client.ask(name, { integrationIds, requestId, receivedAt, deadlineAt }, data);
  }
}
