import { Body, Get, Post, Query } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import {
  ExtendGrant,
  GrantRecord,
  type GrantReply,
  onlyOne,
  type Page,
  Refusal,
  REVOCABLE,
  RevokedGrants,
  RevokeGrant,
} from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { accessibleIntegrations } from '../../callers/access.rule.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { IntegrationNames } from '../../integrations/integration-names.service.js';
import { Links } from '../../auth/links.service.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { references } from '../common/references.rule.js';
import { References } from '../common/references.service.js';
import { GrantsParams, RevokeGrantsBody } from './grants.dto.js';
import { withoutAbsent } from '../common/without-absent.js';
import { pageQuery } from '../common/page.dto.js';
import { grantView } from './grant.view.js';
import { apiCaller } from '../common/known-caller.js';
import { canActOn, scopeToCaller } from '../common/own.rule.js';

/** Grants. */
@Api('grants')
export class GrantsController {
  constructor(
    private readonly commands: ApiCommands,
    private readonly links: Links,
    private readonly references: References,
    private readonly names: IntegrationNames,
  ) {}

  @Get()
  @Needs('access:read', { orOwn: true })
  @Operation('listGrants', 'List grants', {
    description: 'Newest first. Members see only their own grants.',
    page: GrantRecord,
  })
  async list(@Query() params: GrantsParams, @Call() call: HttpCall): Promise<Page<GrantRecord>> {
    const { status, groupId, flowId, ...others } = await this.references.filters(call, params);
    const { reach, ...filter } = scopeToCaller(call.access, others);
    const query = { ...pageQuery(params), ...withoutAbsent({ status, groupId, flowId, ...filter }) };
    const page = await this.commands.ask('grants.list', call, query, reach);
    const { items, nextCursor } = await this.names.addToPage(page);
    return { items: items.map((grant) => grantView(call.access, grant)), nextCursor };
  }

  @Get(':id')
  @Needs('access:read', { orOwn: true })
  @Operation('getGrant', 'Get a grant', { description: 'Members see only their own grants.', returns: GrantRecord })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<GrantRecord> {
    return this.shown(call, await this.find(id, call));
  }

  @Post('revoke')
  @Needs('access:write')
  @Operation('revokeGrants', 'Revoke several grants', {
    description:
      'Ends the given live grants, or all live grants of a user or flow, in one integration: all, or none if the call is ' +
      'refused. Give exactly one of `grantIds`, `userId` and `flowId`. If grants of a user or flow would end, it requires ' +
      'the userName or the name of the flow in `confirm`. Pending requests stay.',
    returns: RevokedGrants,
    conflict: 'This would end grants of a user or flow, and `confirm` is not its name.',
  })
  async revokeMany(@Body() body: RevokeGrantsBody, @Call() call: HttpCall): Promise<RevokedGrants> {
    onlyOne(body, REVOCABLE);
    const { integrationId, userId, flowId, ...others } = body;
    const found = await this.references.resolve(call, [integrationId], {
      userId: references('user', userId),
      flowId: references('flow', flowId),
    });
    const ids = { userId: found.userId[0]?.id, flowId: found.flowId[0]?.id };
    const data = { integrationId, ...others, ...withoutAbsent(ids) };
    return this.commands.askOne(integrationId, 'grants.revokeMany', call, data);
  }

  @Post(':id/revoke')
  @Needs('access:write', { orOwn: true })
  @ApiBody({ type: RevokeGrant, required: false })
  @Operation('revokeGrant', 'Revoke a grant', {
    description: 'Ends a grant now. Members can revoke their own grants. A grant that has ended is returned unchanged.',
    returns: GrantRecord,
  })
  async revoke(@Id() id: string, @Body() { reason }: RevokeGrant, @Call() call: HttpCall): Promise<GrantRecord> {
    const { integrationId } = await this.find(id, call, 'takesAccess');
    const data = { id, ...withoutAbsent({ reason }) };
    return this.shown(call, await this.commands.ask('grants.revoke', call, data, [integrationId]));
  }

  @Post(':id/extend')
  @Needs('access:write', { orOwn: true })
  @Operation('extendGrant', 'Extend a grant', {
    description:
      'Moves the end of an active grant. Counted from its start, it can last at most as long as the flow allowed at its ' +
      'creation, and at most as long as the flow currently allows. Members can extend their own grants under automatic ' +
      'flows. Under a flow with approvers, its approvers can extend the grants of other users.',
    returns: GrantRecord,
    conflict: 'The grant is not active or would last too long, or the current flow does not allow it.',
  })
  async extend(@Id() id: string, @Body() body: ExtendGrant, @Call() call: HttpCall): Promise<GrantRecord> {
    const grant = await this.commands.ask('grants.get', call, { id }, accessibleIntegrations(call.access));
    const { integrationId, userId } = grant;
    const isHolder = await this.links.isUserOfCaller(apiCaller(call), integrationId, userId, call.requestId);
    const data = {
      id,
      durationSeconds: body.durationSeconds,
      ...(isHolder && { isHolder }),
      ...(!canActOn(call.access, grant) && { asApprover: true }),
    };
    return this.shown(call, await this.commands.ask('grants.extend', call, data, [integrationId]));
  }

  private async shown(call: HttpCall, grant: GrantReply): Promise<GrantRecord> {
    return grantView(call.access, await this.names.addTo(grant));
  }

  /** @throws Refusal `missing` also when the grant exists and the caller may not see it */
  private async find(id: string, call: HttpCall, why?: 'takesAccess'): Promise<GrantReply> {
    const grant = await this.commands.ask('grants.get', call, { id }, accessibleIntegrations(call.access), why);
    if (!canActOn(call.access, grant)) throw new Refusal('missing', 'No such grant.');
    return grant;
  }
}
