import { Injectable } from '@nestjs/common';
import { type CreateOneRequest } from '@tidegate/contracts';
import { accessibleIntegrations } from '../../callers/access.rule.js';
import { type HttpCall } from '../../callers/call.js';
import { covers, intersection, type Reach } from '../../callers/roles.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { Integrations } from '../../integrations/integrations.service.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { requesterOf, reviewerOf } from '../common/own.rule.js';
import { references } from '../common/references.rule.js';
import { References } from '../common/references.service.js';
import { withoutAbsent } from '../common/without-absent.js';
import { type CreateRequestBody } from './requests.dto.js';

/** Finds the flow, users and group of a request or review. */
@Injectable()
export class RequestReferences {
  constructor(
    private readonly commands: ApiCommands,
    private readonly integrations: Integrations,
    private readonly references: References,
  ) {}

  /**
   * @returns the data of the command that creates the request, and its integration, in which the names are looked up: that of
   *   the flow, or without a flow the given one or the only one that the caller can mean
   * @throws InvalidFields for unknown and ambiguous names, without a user, and without a flow if several integrations are
   *   possible; Refusal `missing` for an unknown flow; as `requesterOf`
   */
  async request(call: HttpCall, body: CreateRequestBody): Promise<{ data: CreateOneRequest; integrationId: string }> {
    const { access, caller } = call;
    const { flowId: flow, integrationId: _, ...others } = body;
    const reach = await this.reachOf(call, body);
    const { flowId, integrationId } =
      flow === undefined
        ? { flowId: undefined, integrationId: await this.onlyOne(call, reach, body) }
        : await this.flow(flow, reach, call);
    const found = await this.references.resolve(call, [integrationId], {
      userId: references('user', body.userId),
      groupId: references('group', body.groupId),
    });
    const user = requesterOf(caller, access, integrationId, found.userId[0]?.id);
    const data = { ...others, ...withoutAbsent({ flowId }), groupId: found.groupId[0]!.id, ...user };
    return { data, integrationId };
  }

  /**
   * @returns the reviewer; undefined for an administrator without a user; @throws as `reviewerOf`; InvalidFields for unknown
   *   and ambiguous names
   */
  async reviewer(call: HttpCall, integrationId: string, reviewerId: string | undefined): Promise<string | undefined> {
    const fields = { reviewerId: references('user', reviewerId) };
    const found = await this.references.resolve(call, [integrationId], fields);
    return reviewerOf(call.caller, call.access, integrationId, found.reviewerId[0]?.id);
  }

  /** @returns the integrations in which the flow can be. An own user is only in its integration. */
  private async reachOf({ access }: HttpCall, { integrationId, userId }: CreateRequestBody): Promise<Reach> {
    const reach = accessibleIntegrations(access);
    if (integrationId !== undefined) {
      const known = covers(reach, integrationId) ? await this.integrations.idsWithin([integrationId]) : [];
      if (known.length === 0) throw new InvalidFields({ integrationId: 'must be the id of an integration' });
      return known;
    }
    const own = Object.entries(access.own).filter(([, user]) => user === userId);
    return own.length > 0 ? own.map(([id]) => id) : reach;
  }

  /** @returns the integration of the request; @throws InvalidFields if several are possible */
  private async onlyOne({ caller }: HttpCall, reach: Reach, { userId }: CreateRequestBody): Promise<string> {
    const mine = userId === undefined && caller?.kind === 'person' ? Object.keys(caller.users) : [];
    const [only, ...more] = await this.integrations.idsWithin(mine.length > 0 ? intersection(mine, reach) : reach);
    if (only !== undefined && more.length === 0) return only;
    throw new InvalidFields({ integrationId: 'is required without flowId, unless only one integration is possible' });
  }

  /** The integration of the flow is alone in a command, so that the actor of the command includes its user there. */
  private async flow(idOrName: string, reach: Reach, call: HttpCall) {
    const { flowId: found } = await this.references.resolve(call, reach, { flowId: references('flow', idOrName) });
    const { id: flowId, integrationId } = found[0]!;
    if (integrationId !== undefined) return { flowId, integrationId };
    const [only, ...others] = reach === 'all' ? [] : reach;
    if (only !== undefined && others.length === 0) return { flowId, integrationId: only };
    const flow = await this.commands.ask('flows.get', call, { id: flowId }, reach);
    return { flowId, integrationId: flow.integrationId };
  }
}
