import { Body, Get, Post, Query } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import {
  ExtendedGrant,
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
import { covers } from '../../callers/roles.js';
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
import { canActOn, hasMade, scopeToCaller } from '../common/own.rule.js';

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
  @Operation('getGrant', 'Get a grant', {
    description: 'Members see only their own grants, and those that they requested for other users.',
    returns: GrantRecord,
  })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<GrantRecord> {
    return this.shown(call, await this.find(id, call, { maker: true }));
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
    const { integrationId } = await this.find(id, call, { why: 'takesAccess' });
    const data = { id, ...withoutAbsent({ reason }) };
    return this.shown(call, await this.commands.ask('grants.revoke', call, data, [integrationId]));
  }

  @Post(':id/extend')
  @Needs('access:write', { orOwn: true })
  @Operation('extendGrant', 'Extend a grant', {
    description:
      'Moves the end of an active grant. Counted from its start, it can last at most as long as the flow allowed at its ' +
      'creation, and at most as long as the flow currently allows. Its holder, and the person who requested it for the ' +
      'holder, are bound by `extension` of the flow. If that requires approval, the call makes a request, named by ' +
      '`extensionRequestId`, and the grant is unchanged until the request is approved. Administrators extend at once.',
    returns: ExtendedGrant,
    conflict:
      'The grant is not active or would last too long, the current flow does not allow it, or its extension is already ' +
      'requested, which `existing` identifies.',
  })
  async extend(@Id() id: string, @Body() body: ExtendGrant, @Call() call: HttpCall): Promise<ExtendedGrant> {
    const grant = await this.find(id, call, { maker: true });
    const { integrationId, userId } = grant;
    // A member, also one who made the request, never extends as an administrator.
    const isHolder =
      !covers(call.access.reach, integrationId) ||
      (await this.links.isUserOfCaller(apiCaller(call), integrationId, userId, call.requestId));
    const data = { id, ...body, ...(isHolder && { isHolder }) };
    return this.shown(call, await this.commands.ask('grants.extend', call, data, [integrationId]));
  }

  private async shown<T extends GrantReply>(call: HttpCall, grant: T) {
    return grantView(call.access, await this.names.addTo(grant));
  }

  /**
   * @param options.maker whether the member who made the request of the grant for its holder may see it too
   * @throws Refusal `missing` also when the grant exists and the caller may not see it
   */
  private async find(
    id: string,
    call: HttpCall,
    { maker = false, why }: { maker?: boolean; why?: 'takesAccess' } = {},
  ): Promise<GrantReply> {
    const grant = await this.commands.ask('grants.get', call, { id }, accessibleIntegrations(call.access), why);
    if (canActOn(call.access, grant) || (maker && (await this.hasMadeRequest(call, grant)))) return grant;
    throw new Refusal('missing', 'No such grant.');
  }

  private async hasMadeRequest(call: HttpCall, { integrationId, requestId }: GrantReply): Promise<boolean> {
    const request = await this.commands.ask('requests.get', call, { id: requestId }, [integrationId]);
    return hasMade(call.access, request);
  }
}
