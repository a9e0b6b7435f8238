import { Injectable } from '@nestjs/common';
import { type CreateRequest, isId } from '@tidegate/contracts';
import { accessibleIntegrations } from '../../callers/access.rule.js';
import { type HttpCall } from '../../callers/call.js';
import { type Reach } from '../../callers/roles.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { requesterOf, reviewerOf, scopeToCaller } from '../common/own.rule.js';
import { references } from '../common/references.rule.js';
import { References } from '../common/references.service.js';
import { type CreateRequestBody } from './requests.dto.js';

/** Finds the flow, users and group of a request or review. */
@Injectable()
export class RequestReferences {
  constructor(
    private readonly commands: ApiCommands,
    private readonly references: References,
  ) {}

  /**
   * @returns the data of the command that creates the request, and the integration of the flow, in which the names are looked
   *   up
   * @throws InvalidFields for unknown and ambiguous names, and without a user; Refusal `notAllowed` when a member names
   *   another user, `missing` for an unknown flow
   */
  async request(call: HttpCall, body: CreateRequestBody): Promise<{ data: CreateRequest; integrationId: string }> {
    const { access, caller } = call;
    const { reach } = isId(body.userId)
      ? scopeToCaller(access, { userId: body.userId })
      : { reach: accessibleIntegrations(access) };
    const { flowId, integrationId } = await this.flow(body.flowId, reach, call);
    const found = await this.references.resolve(call, [integrationId], {
      userId: references('user', body.userId),
      groupId: references('group', body.groupId),
    });
    const userId = requesterOf(caller, access, integrationId, found.userId[0]?.id);
    return { data: { ...body, flowId, userId, groupId: found.groupId[0]!.id }, integrationId };
  }

  /** @returns the reviewer; @throws as `reviewerOf`; InvalidFields for unknown and ambiguous names */
  async reviewer(call: HttpCall, integrationId: string, reviewerId: string | undefined): Promise<string> {
    const fields = { reviewerId: references('user', reviewerId) };
    const found = await this.references.resolve(call, [integrationId], fields);
    return reviewerOf(call.caller, integrationId, found.reviewerId[0]?.id);
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
