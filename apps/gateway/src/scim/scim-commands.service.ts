import { Inject, Injectable } from '@nestjs/common';
import { type CommandData, type CommandName, type CommandReply } from '@tidegate/contracts';
import { CommandClient } from '@tidegate/messaging';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { type ScimCall } from './scim-call.js';
import { WaitingRoom } from './waiting-room.js';

interface WriteOptions {
  /** Takes access away: goes first, and is never turned away for volume. */
  urgent?: boolean;
  /** Given to repeat an earlier write. */
  commandId?: string;
}

/** Turns SCIM calls into commands to identity, within the time that Okta waits. */
@Injectable()
export class ScimCommands {
  private readonly room: WaitingRoom;

  constructor(
    private readonly client: CommandClient,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    this.room = new WaitingRoom(config.maxWaitingCalls, config.maxWaitingBytes);
  }

  /** @throws Refusal from identity; `unavailable`, `deadline`, `tooManyRequests` */
  read<N extends CommandName>(name: N, call: ScimCall, data: CommandData<N>): Promise<CommandReply<N>> {
    return this.room.stay(0, false, () => this.ask(name, call, data, this.config.scimReadSeconds));
  }

  /** Reads on for an answer that has begun: it must not be broken off because others wait. */
  readOn<N extends CommandName>(name: N, call: ScimCall, data: CommandData<N>): Promise<CommandReply<N>> {
    return this.ask(name, call, data, this.config.scimReadSeconds);
  }

  /** @throws as `read` */
  write<N extends CommandName>(
    name: N,
    call: ScimCall,
    data: CommandData<N>,
    { urgent = false, commandId }: WriteOptions = {},
  ): Promise<CommandReply<N>> {
    return this.room.stay(call.bodyLength, urgent, () =>
      this.ask(name, call, data, this.config.scimWriteSeconds, { urgent, ...(commandId ? { commandId } : {}) }),
    );
  }

  private ask<N extends CommandName>(
    name: N,
    { integrationId, requestId, enteredAt }: ScimCall,
    data: CommandData<N>,
    seconds: number,
    options: WriteOptions = {},
  ): Promise<CommandReply<N>> {
    const asking = {
      integrationIds: [integrationId],
      requestId,
      receivedAt: new Date(enteredAt).toISOString(),
      deadlineAt: Date.now() + seconds * 1000,
      ...options,
    };
    return this.client.ask(name, asking, data);
  }
}
