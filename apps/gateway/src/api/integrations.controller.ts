import { Body, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { isId, type Page } from '@tidegate/contracts';
import { Needs } from '../callers/access.decorator.js';
import { Call, type HttpCall } from '../callers/call.js';
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

/** Integrations. The catalog, not a DTO, defines the validation of bodies, by type. */
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
    if (page.cursor !== undefined && !isId(page.cursor))
      throw new InvalidFields({ cursor: 'must be a nextCursor from a previous page' });
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

  /** Counts what disabling or deleting the integration would end. */
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

  /** Counts what a change of the groups to sync would add and end. Changes nothing. */
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
    const { groupsToSync } = await this.integrations.checkUpdate(id, body);
    if (!groupsToSync) throw new InvalidFields({ groupsToSync: 'is required' });
    return this.syncLists.impact(id, groupsToSync, call);
  }

  /** Disables an integration: refuses SCIM calls, ends grants and cancels requests. */
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

  /** Enables an integration. Ended grants and cancelled requests are not restored. */
  @Post(':integrationId/enable')
  @Needs('integrations:write')
  @HttpCode(200)
  @ApiOkResponse({ type: IntegrationView })
  async enable(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<IntegrationView> {
    return integrationView(await this.integrations.enable(id, causeOfCall(call, id)), call.origin);
  }

  /** Reads its users and groups from the directory again, in the background, wherever access rules use copies of them. */
  @Post(':integrationId/rebuild')
  @Needs('integrations:write')
  @HttpCode(202)
  @ApiAcceptedResponse()
  async rebuild(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<void> {
    const state = stateOf(await this.integrations.get(id));
    await this.commands.askOne(id, 'projections.rebuild', call, { state });
  }

  /** Deletes an integration with its users, groups and credentials, ends grants and cancels requests. */
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
