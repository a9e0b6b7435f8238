import { Inject, Injectable } from '@nestjs/common';
import { type CommandData, type CommandName, type CommandReply } from '@tidegate/contracts';
import { CommandClient } from '@tidegate/messaging';
import { DEFAULT_PROFILE, type ScimProfile } from '@tidegate/scim';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { Turns } from '../turns.js';
import { type ScimCall } from './scim-call.js';
import { WaitingRoom } from './waiting-room.js';

/** Urgent commands of one integration under way at once: with all of them its flood does not delay another's. */
const URGENT_AT_ONCE = 16;
/** What may take seconds: a search through everything, a group with all its members, or waiting for such a group. */
const LONG = new Set<CommandName>(['users.list', 'groups.list', 'groups.create', 'groups.replace', 'groups.patch']);
/** Long commands of one integration under way at once: identity works on few at a time, and others need places there. */
const LONG_AT_ONCE = 2;
/** A longer body is no deactivation but ballast: a user is smaller, and so the urgent ones in line hold little. */
const URGENT_BYTES = 128 * 1024;

interface WriteOptions {
  /** Takes access away: goes first, and is never turned away for volume; only its integration's own go before it. */
  urgent?: boolean;
  /** Given to repeat an earlier write. */
  commandId?: string;
}

/** Turns SCIM calls into commands to identity, within the time that Okta waits. */
@Injectable()
export class ScimCommands {
  private readonly urgentTurns = new Turns(URGENT_AT_ONCE);
  private readonly longTurns = new Turns(LONG_AT_ONCE);

  constructor(
    private readonly client: CommandClient,
    private readonly room: WaitingRoom,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws Refusal from identity; `unavailable`, `deadline`, `tooManyRequests` */
  read<N extends CommandName>(name: N, call: ScimCall, data: CommandData<N>): Promise<CommandReply<N>> {
    const deadlineAt = after(this.config.scimReadSeconds);
    return this.stay(name, call.integrationId, 0, deadlineAt, () => this.ask(name, call, data, deadlineAt));
  }

  /** Reads on for an answer that has begun: it must not be broken off because others wait. */
  readOn<N extends CommandName>(name: N, call: ScimCall, data: CommandData<N>): Promise<CommandReply<N>> {
    return this.ask(name, call, data, after(this.config.scimReadSeconds));
  }

  /** @throws as `read` */
  write<N extends CommandName>(
    name: N,
    call: ScimCall,
    data: CommandData<N>,
    { urgent = false, commandId }: WriteOptions = {},
  ): Promise<CommandReply<N>> {
    const { integrationId, bodyLength, within } = call;
    const deadlineAt = within?.deadlineAt ?? after(this.config.scimWriteSeconds);
    const held = within?.bodyLength ?? bodyLength;
    const goesFirst = urgent && bodyLength <= URGENT_BYTES;
    const options = { urgent: goesFirst, ...(commandId ? { commandId } : {}) };
    const work = () => this.ask(name, call, data, deadlineAt, options);
    return goesFirst && held <= URGENT_BYTES
      ? this.urgentTurns.take(integrationId, deadlineAt, work)
      : this.stay(name, integrationId, held, deadlineAt, work);
  }

  private stay<T>(
    name: CommandName,
    integrationId: string,
    bytes: number,
    deadlineAt: number,
    work: () => Promise<T>,
  ): Promise<T> {
    const inTurn = () => this.longTurns.take(integrationId, deadlineAt, work);
    return this.room.stay(integrationId, bytes, LONG.has(name) ? inTurn : work);
  }

  private ask<N extends CommandName>(
    name: N,
    { integrationId, requestId, enteredAt, profile, groupsToSync, actor }: ScimCall,
    data: CommandData<N>,
    deadlineAt: number,
    options: WriteOptions = {},
  ): Promise<CommandReply<N>> {
    const receivedAt = new Date(enteredAt).toISOString();
    const list = name === 'groups.create' && groupsToSync.length > 0 ? { groupsToSync } : {};
    const context = { actor, ...unlessDefault(profile), ...list };
    const asking = { integrationIds: [integrationId], requestId, receivedAt, deadlineAt, context };
    return this.client.ask(name, { ...asking, ...options }, data);
  }
}

/** Most integrations have the profile that everyone knows: it need not travel. */
function unlessDefault(profile: ScimProfile): { scim?: ScimProfile } {
  const { dialect, extensions } = profile;
  const plain = dialect === DEFAULT_PROFILE.dialect && extensions.User.length + extensions.Group.length === 0;
  return plain ? {} : { scim: profile };
}

/** @returns milliseconds since 1970 */
const after = (seconds: number): number => Date.now() + seconds * 1000;
