import { Body, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { isId, type Page } from '@tidegate/contracts';
import { Needs } from '../auth/access.decorator.js';
import { Call, type HttpCall } from '../http/call.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { type Integration } from '../integrations/integrations.queries.js';
import { Integrations } from '../integrations/integrations.service.js';
import { scimBaseUrl } from '../scim/scim-call.js';
import { Api, Id } from './api.decorator.js';
import { withoutAbsent } from './dto/flow-settings.js';
import {
  CreateIntegration,
  IntegrationView,
  RemoveIntegrationParams,
  UpdateIntegration,
} from './dto/integrations.dto.js';
import { pageQuery, PageParams } from './dto/page.query.js';
import { ApiPageResponse } from './dto/views.js';

@Api('integrations')
export class IntegrationsController {
  constructor(private readonly integrations: Integrations) {}

  @Post()
  @Needs('integrations:write', { everywhere: true })
  @ApiCreatedResponse({ type: IntegrationView })
  async create(@Body() body: CreateIntegration, @Call() call: HttpCall): Promise<IntegrationView> {
    const { type, name, domain, groupsToSync = [] } = body;
    return view(await this.integrations.create(type, { name, domain, groupsToSync }, call.requestId), call);
  }

  @Get()
  @Needs('integrations:read')
  @ApiPageResponse(IntegrationView)
  async list(@Query() params: PageParams, @Call() call: HttpCall): Promise<Page<IntegrationView>> {
    const page = pageQuery(params);
    if (page.cursor !== undefined && !isId(page.cursor)) throw new InvalidFields({ cursor: 'must be a nextCursor' });
    const { items, nextCursor } = await this.integrations.list(call.access.reach, page);
    return { items: items.map((integration) => view(integration, call)), nextCursor };
  }

  @Get(':integrationId')
  @Needs('integrations:read')
  @ApiOkResponse({ type: IntegrationView })
  async get(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<IntegrationView> {
    return view(await this.integrations.get(id), call);
  }

  @Patch(':integrationId')
  @Needs('integrations:write')
  @ApiOkResponse({ type: IntegrationView })
  async update(
    @Id('integrationId') id: string,
    @Body() body: UpdateIntegration,
    @Call() call: HttpCall,
  ): Promise<IntegrationView> {
    return view(await this.integrations.update(id, withoutAbsent(body), call.requestId), call);
  }

  @Delete(':integrationId')
  @Needs('integrations:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(
    @Id('integrationId') id: string,
    @Query() { confirm }: RemoveIntegrationParams,
    @Call() call: HttpCall,
  ): Promise<void> {
    await this.integrations.remove(id, confirm, call.requestId);
  }
}

function view(
  { id, type, name, domain, groupsToSync, status, createdAt }: Integration,
  call: HttpCall,
): IntegrationView {
  const told = { id, type, name, domain, groupsToSync, status };
  return { ...told, scimBaseUrl: scimBaseUrl(call.origin, id), createdAt: createdAt.toISOString() };
}
