import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { type GrantRecord, type Page } from '@tidegate/contracts';
import { Call, type HttpCall } from '../http/call.js';
import { ApiCommands } from './api-commands.service.js';
import { Api, Id } from './api.decorator.js';
import { ExtendGrant, GrantsParams } from './dto/access.dto.js';
import { withoutAbsent } from './dto/flow-settings.js';
import { pageQuery } from './dto/page.query.js';
import { ApiPageResponse, GrantView } from './dto/views.js';

/** Memberships that end by themselves. */
@Api('grants')
export class GrantsController {
  constructor(private readonly commands: ApiCommands) {}

  @Get()
  @ApiPageResponse(GrantView)
  async list(@Query() params: GrantsParams, @Call() call: HttpCall): Promise<Page<GrantView>> {
    const { status, userId, integrationId } = params;
    const query = { ...pageQuery(params), ...withoutAbsent({ status, userId, integrationId }) };
    const { items, nextCursor } = await this.commands.ask('grants.list', call, query);
    return { items: items.map(view), nextCursor };
  }

  @Get(':id')
  @ApiOkResponse({ type: GrantView })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<GrantView> {
    return view(await this.commands.ask('grants.get', call, { id }));
  }

  /** Ends the grant now. */
  @Post(':id/revoke')
  @HttpCode(200)
  @ApiOkResponse({ type: GrantView })
  async revoke(@Id() id: string, @Call() call: HttpCall): Promise<GrantView> {
    return view(await this.commands.ask('grants.revoke', call, { id }));
  }

  @Post(':id/extend')
  @HttpCode(200)
  @ApiOkResponse({ type: GrantView })
  async extend(@Id() id: string, @Body() body: ExtendGrant, @Call() call: HttpCall): Promise<GrantView> {
    return view(await this.commands.ask('grants.extend', call, { id, durationSeconds: body.durationSeconds }));
  }
}

const view = (grant: GrantRecord): GrantView => ({ id: grant.grantId, ...grant });
