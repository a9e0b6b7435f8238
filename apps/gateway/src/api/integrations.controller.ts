import { Body, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { isId, type Page } from '@tidegate/contracts';
import { Needs } from '../auth/access.decorator.js';
import { Call, type HttpCall } from '../http/call.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { stateOf } from '../integrations/integration-events.js';
import { Integrations } from '../integrations/integrations.service.js';
import { objectOf } from '../integrations/settings.rule.js';
import { ApiCommands } from './api-commands.service.js';
import { Api, Id } from './api.decorator.js';
import {
  Confirmation,
  CreateIntegration,
  ImpactView,
  GroupsToSync,
  IntegrationView,
  SyncImpactView,
  UpdatedIntegrationView,
  UpdateIntegration,
} from './dto/integrations.dto.js';
import { integrationView } from './dto/integration.view.js';
import { pageQuery, PageParams } from './dto/page.query.js';
import { ApiPageResponse } from './dto/views.js';
import { causeOfCall } from './known-caller.js';
import { SyncLists } from './sync-lists.service.js';

/** Bodies are checked by the fields that the catalog gives the integration's type, not by one DTO for all types. */
@Api('integrations')
export class IntegrationsController {
  constructor(
    private readonly integrations: Integrations,
    private readonly commands: ApiCommands,
    private readonly syncLists: SyncLists,
  ) {}

  @Post()
  @Needs('integrations:write', { everywhere: true })
  @ApiBody({ type: CreateIntegration })
  @ApiCreatedResponse({ type: IntegrationView })
  async create(@Body() body: object, @Call() call: HttpCall): Promise<IntegrationView> {
    return integrationView(await this.integrations.create(body, causeOfCall(call)), call.origin);
  }

  @Get()
  @Needs('integrations:read')
  @ApiPageResponse(IntegrationView)
  async list(@Query() params: PageParams, @Call() call: HttpCall): Promise<Page<IntegrationView>> {
    const page = pageQuery(params);
    if (page.cursor !== undefined && !isId(page.cursor)) throw new InvalidFields({ cursor: 'must be a nextCursor' });
    const { items, nextCursor } = await this.integrations.list(call.access.reach, page);
    return { items: items.map((integration) => integrationView(integration, call.origin)), nextCursor };
  }

  @Get(':integrationId')
  @Needs('integrations:read')
  @ApiOkResponse({ type: IntegrationView })
  async get(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<IntegrationView> {
    return integrationView(await this.integrations.get(id), call.origin);
  }

  @Patch(':integrationId')
  @Needs('integrations:write')
  @ApiBody({ type: UpdateIntegration })
  @ApiOkResponse({ type: UpdatedIntegrationView })
  async update(
    @Id('integrationId') id: string,
    @Body() body: object,
    @Call() call: HttpCall,
  ): Promise<UpdatedIntegrationView> {
    const { integration, unmatched } = await this.syncLists.update(id, objectOf(body), call);
    return { ...integrationView(integration, call.origin), ...(unmatched ? { unmatchedGroups: unmatched } : {}) };
  }

  /** What disabling or deleting would end. */
  @Get(':integrationId/impact')
  @Needs('integrations:read')
  @ApiOkResponse({ type: ImpactView })
  async impact(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<ImpactView> {
    const [{ users, activeUsers }, { liveGrants }, { openRequests }] = await Promise.all([
      this.commands.askOne(id, 'users.count', call, {}),
      this.commands.askOne(id, 'grants.count', call, {}),
      this.commands.askOne(id, 'requests.count', call, {}),
    ]);
    return { users, activeUsers, liveGrants, openRequests };
  }

  /** What saving these groups to sync would take in and end. Changes nothing. */
  @Post(':integrationId/groups-to-sync/impact')
  @Needs('integrations:read')
  @HttpCode(200)
  @ApiBody({ type: GroupsToSync })
  @ApiOkResponse({ type: SyncImpactView })
  async syncImpact(
    @Id('integrationId') id: string,
    @Body() body: object,
    @Call() call: HttpCall,
  ): Promise<SyncImpactView> {
    const { groupsToSync } = await this.integrations.wanted(id, body);
    if (!groupsToSync) throw new InvalidFields({ groupsToSync: 'must be given' });
    return this.syncLists.impact(id, groupsToSync, call);
  }

  /** Refuses its SCIM calls, ends its grants and cancels its requests. */
  @Post(':integrationId/disable')
  @Needs('integrations:write')
  @HttpCode(200)
  @ApiOkResponse({ type: IntegrationView })
  async disable(
    @Id('integrationId') id: string,
    @Body() { confirm }: Confirmation,
    @Call() call: HttpCall,
  ): Promise<IntegrationView> {
    return integrationView(await this.integrations.disable(id, confirm, causeOfCall(call, id)), call.origin);
  }

  /** Takes its calls and requests again; what ended stays ended. */
  @Post(':integrationId/enable')
  @Needs('integrations:write')
  @HttpCode(200)
  @ApiOkResponse({ type: IntegrationView })
  async enable(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<IntegrationView> {
    return integrationView(await this.integrations.enable(id, causeOfCall(call, id)), call.origin);
  }

  /** Reads its users and groups from the directory again, in the background, wherever they are kept for access rules. */
  @Post(':integrationId/rebuild')
  @Needs('integrations:write')
  @HttpCode(202)
  @ApiAcceptedResponse()
  async rebuild(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<void> {
    const state = stateOf(await this.integrations.get(id));
    await this.commands.askOne(id, 'projections.rebuild', call, { state });
  }

  /** Deletes it with its users, groups and credentials, ends its grants and cancels its requests. */
  @Delete(':integrationId')
  @Needs('integrations:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(
    @Id('integrationId') id: string,
    @Query() { confirm }: Confirmation,
    @Call() call: HttpCall,
  ): Promise<void> {
    await this.integrations.remove(id, confirm, causeOfCall(call, id));
  }
}
