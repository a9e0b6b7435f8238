import { Body, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../callers/access.decorator.js';
import { accessibleIntegrations } from '../callers/access.rule.js';
import { covers } from '../callers/roles.js';
import { Call, type HttpCall } from '../callers/call.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { Integrations } from '../integrations/integrations.service.js';
import { flowView } from './access-views.js';
import { ApiCommands } from './api-commands.service.js';
import { Api, Id } from './api.decorator.js';
import { CreateFlow, FlowsParams, UpdateFlow } from './dto/access.dto.js';
import { flowSettings, withoutAbsent } from './dto/flow-settings.js';
import { pageQuery } from './dto/page.query.js';
import { ApiPageResponse, FlowView, UpdatedFlowView } from './dto/views.js';
import { ownMembers } from './own.rule.js';

/** Access flows: the rules under which users request group memberships. */
@Api('access-flows')
export class AccessFlowsController {
  constructor(
    private readonly commands: ApiCommands,
    private readonly integrations: Integrations,
  ) {}

  @Post()
  @Needs('access:write')
  @ApiCreatedResponse({ type: FlowView })
  async create(@Body() body: CreateFlow, @Call() call: HttpCall): Promise<FlowView> {
    const { integrationId } = body;
    if ((await this.integrations.idsWithin([integrationId])).length === 0 || !covers(call.access.reach, integrationId))
      throw new InvalidFields({ integrationId: 'must be the id of an integration' });
    const settings = flowSettings({ ...body, enabled: body.enabled ?? true });
    const created = await this.commands.askOne(integrationId, 'flows.create', call, { ...settings, integrationId });
    return flowView(call.access, created);
  }

  @Get()
  @Needs('access:read', { orOwn: true })
  @ApiPageResponse(FlowView)
  async list(@Query() params: FlowsParams, @Call() call: HttpCall): Promise<Page<FlowView>> {
    const { integrationId } = params;
    const visibleTo = ownMembers(call.access);
    const query = { ...pageQuery(params), ...withoutAbsent({ integrationId, visibleTo }) };
    const { items, nextCursor } = await this.commands.ask(
      'flows.list',
      call,
      query,
      accessibleIntegrations(call.access),
    );
    return { items: items.map((flow) => flowView(call.access, flow)), nextCursor };
  }

  @Get(':id')
  @Needs('access:read', { orOwn: true })
  @ApiOkResponse({ type: FlowView })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<FlowView> {
    const query = { id, ...withoutAbsent({ visibleTo: ownMembers(call.access) }) };
    return flowView(
      call.access,
      await this.commands.ask('flows.get', call, query, accessibleIntegrations(call.access)),
    );
  }

  @Patch(':id')
  @Needs('access:write')
  @ApiOkResponse({ type: UpdatedFlowView })
  async update(@Id() id: string, @Body() body: UpdateFlow, @Call() call: HttpCall): Promise<UpdatedFlowView> {
    const { integrationId } = await this.commands.ask('flows.get', call, { id });
    const settings = flowSettings(body);
    const updated = await this.commands.ask('flows.update', call, { id, settings }, [integrationId]);
    return { ...flowView(call.access, updated), cancelledRequests: updated.cancelledRequests };
  }

  @Delete(':id')
  @Needs('access:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@Id() id: string, @Call() call: HttpCall): Promise<void> {
    const { integrationId } = await this.commands.ask('flows.get', call, { id }, call.access.reach, 'takesAccess');
    await this.commands.ask('flows.delete', call, { id }, [integrationId]);
  }
}
