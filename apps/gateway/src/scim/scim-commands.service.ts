import { Inject, Injectable } from '@nestjs/common';
import { type CommandData, type CommandName, type CommandReply } from '@tidegate/contracts';
import { CommandClient } from '@tidegate/messaging';
import { DEFAULT_PROFILE, type ScimProfile } from '@tidegate/scim';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config/config.js';
import { shareOfIntegration } from '../callers/share.rule.js';
import { semaphoresByLane } from '../limits/keyed-semaphore.limiter.js';
import { bypassesAdmission, type CommandLane, laneOf, LANES } from '../limits/lane.rule.js';
import { type ScimCall } from './scim-call.js';
import { AdmissionControl } from '../limits/admission-control.limiter.js';

interface WriteOptions {
  /** Whether the write can remove access. If it is small, it is urgent and bypasses admission control. */
  urgent?: boolean;
  /** Id of an earlier attempt, to retry it. */
  commandId?: string;
}

/** Sends the commands of SCIM calls to identity, limited per lane and integration, within the timeout of Okta. */
@Injectable()
export class ScimCommands {
  private readonly semaphore = semaphoresByLane(LANES);

  constructor(
    private readonly client: CommandClient,
    private readonly admission: AdmissionControl,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws Refusal from identity; `unavailable`, `deadline`, `tooManyRequests` */
  read<N extends CommandName>(name: N, call: ScimCall, data: CommandData<N>): Promise<CommandReply<N>> {
    const deadlineAt = after(this.config.scimReadSeconds);
    const lane = laneOf({ name, data, bodyLength: 0, takesAccess: false, isInBulk: false });
    return this.limited(lane, call, 0, deadlineAt, () => this.ask(name, call, data, deadlineAt));
  }

  /** Fetches more data for a response that has started. Bypasses admission control, so that the response is completed. */
  readMore<N extends CommandName>(name: N, call: ScimCall, data: CommandData<N>): Promise<CommandReply<N>> {
    const deadlineAt = after(this.config.scimWriteSeconds);
    const work = () => this.ask(name, call, data, after(this.config.scimReadSeconds));
    return this.semaphore.ordinary.run(call.integrationId, deadlineAt, work);
  }

  /** @throws as `read` */
  write<N extends CommandName>(
    name: N,
    call: ScimCall,
    data: CommandData<N>,
    { urgent: takesAccess = false, commandId }: WriteOptions = {},
  ): Promise<CommandReply<N>> {
    const { bodyLength, within } = call;
    const deadlineAt = within?.deadlineAt ?? after(this.config.scimWriteSeconds);
    const lane = laneOf({ name, data, bodyLength, takesAccess, isInBulk: within !== undefined });
    const options = { urgent: lane === 'urgent', ...(commandId ? { commandId } : {}) };
    const work = () => this.ask(name, call, data, deadlineAt, options);
    return this.limited(lane, call, within?.bodyLength ?? bodyLength, deadlineAt, work);
  }

  /** Runs `work` within the limits of the lane. @param bytes memory that the call uses meanwhile */
  private limited<T>(
    lane: CommandLane,
    { integrationId }: ScimCall,
    bytes: number,
    deadlineAt: number,
    work: () => Promise<T>,
  ): Promise<T> {
    const queued = () => this.semaphore[lane].run(integrationId, deadlineAt, work);
    return bypassesAdmission(lane, bytes)
      ? queued()
      : this.admission.run(shareOfIntegration(integrationId), bytes, queued);
  }

  private ask<N extends CommandName>(
    name: N,
    call: ScimCall,
    data: CommandData<N>,
    deadlineAt: number,
    options: { urgent?: boolean; commandId?: string } = {},
  ): Promise<CommandReply<N>> {
    const { integrationId, requestId, profile, groupsToSync, actor } = call;
    const receivedAt = new Date(call.receivedAt).toISOString();
    const list = name === 'groups.create' && groupsToSync.length > 0 ? { groupsToSync } : {};
    const context = { actor, ...unlessDefault(profile), ...list };
    const request = { integrationIds: [integrationId], requestId, receivedAt, deadlineAt, context };
    return this.client.ask(name, { ...request, ...options }, data);
  }
}

/** Omits the default profile, to keep commands small. */
function unlessDefault(profile: ScimProfile): { scim?: ScimProfile } {
  const { dialect, extensions } = profile;
  const plain = dialect === DEFAULT_PROFILE.dialect && extensions.User.length + extensions.Group.length === 0;
  return plain ? {} : { scim: profile };
}

/** @returns milliseconds since 1970 */
const after = (seconds: number): number => Date.now() + seconds * 1000;
