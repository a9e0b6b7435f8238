import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { type GrantRecord, type Page, Refusal } from '@tidegate/contracts';
import { Needs } from '../callers/access.decorator.js';
import { accessibleIntegrations } from '../callers/access.rule.js';
import { Call, type HttpCall } from '../callers/call.js';
import { grantView } from './access-views.js';
import { Links } from '../auth/links.service.js';
import { ApiCommands } from './api-commands.service.js';
import { Api, Id } from './api.decorator.js';
import { ExtendGrant, GrantsParams } from './dto/access.dto.js';
import { withoutAbsent } from './dto/flow-settings.js';
import { pageQuery } from './dto/page.query.js';
import { ApiPageResponse, GrantView } from './dto/views.js';
import { apiCaller } from './known-caller.js';
import { canActOn, scopeToCaller } from './own.rule.js';

/** Grants. */
@Api('grants')
export class GrantsController {
  constructor(
    private readonly commands: ApiCommands,
    private readonly links: Links,
  ) {}

  @Get()
  @Needs('access:read', { orOwn: true })
  @ApiPageResponse(GrantView)
  async list(@Query() params: GrantsParams, @Call() call: HttpCall): Promise<Page<GrantView>> {
    const { reach, ...filter } = scopeToCaller(call.access, params);
    const query = { ...pageQuery(params), ...withoutAbsent({ status: params.status, ...filter }) };
    const { items, nextCursor } = await this.commands.ask('grants.list', call, query, reach);
    return { items: items.map((grant) => grantView(call.access, grant)), nextCursor };
  }

  @Get(':id')
  @Needs('access:read', { orOwn: true })
  @ApiOkResponse({ type: GrantView })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<GrantView> {
    return grantView(call.access, await this.find(id, call));
  }

  /** Ends a grant now. Users can also end their own grants. */
  @Post(':id/revoke')
  @Needs('access:write', { orOwn: true })
  @HttpCode(200)
  @ApiOkResponse({ type: GrantView })
  async revoke(@Id() id: string, @Call() call: HttpCall): Promise<GrantView> {
    const { integrationId } = await this.find(id, call, 'takesAccess');
    return grantView(call.access, await this.commands.ask('grants.revoke', call, { id }, [integrationId]));
  }

  @Post(':id/extend')
  @Needs('access:write')
  @HttpCode(200)
  @ApiOkResponse({ type: GrantView })
  async extend(@Id() id: string, @Body() body: ExtendGrant, @Call() call: HttpCall): Promise<GrantView> {
    const { integrationId, userId } = await this.find(id, call);
    const isHolder = await this.links.isUserOfCaller(apiCaller(call), integrationId, userId, call.requestId);
    const data = { id, durationSeconds: body.durationSeconds, ...(isHolder ? { isHolder } : {}) };
    return grantView(call.access, await this.commands.ask('grants.extend', call, data, [integrationId]));
  }

  /** @throws Refusal `missing` also when the grant exists and the caller may not see it */
  private async find(id: string, call: HttpCall, why?: 'takesAccess'): Promise<GrantRecord> {
    const grant = await this.commands.ask('grants.get', call, { id }, accessibleIntegrations(call.access), why);
    if (!canActOn(call.access, grant)) throw new Refusal('missing', 'No such grant.');
    return grant;
  }
}
