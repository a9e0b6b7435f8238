import { Body, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { isId, ManagerReport, type Page } from '@tidegate/contracts';
import { MissedCalls } from '../../activity/missed-calls.service.js';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { stateOf } from '../../integrations/integration.events.js';
import { Integrations, type SavedIntegration } from '../../integrations/integrations.service.js';
import { objectOf } from '../../integrations/settings.rule.js';
import { settingsWarnings } from '../../integrations/warnings.rule.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, LAST_ADMINISTRATOR, Operation } from '../common/api.decorator.js';
import {
  Confirmation,
  CreateIntegration,
  EnabledIntegrationView,
  ImpactView,
  GroupsToSync,
  IntegrationView,
  SyncImpactView,
  SavedIntegrationView,
  UpdateIntegration,
} from './integrations.dto.js';
import { IntegrationViews } from './integration-views.service.js';
import { refusedView } from './integration.view.js';
import { pageQuery, PageParams } from '../common/page.dto.js';
import { causeOfCall } from '../common/known-caller.js';
import { SyncLists } from './sync-lists.service.js';

const NAME_TAKEN = 'Another integration already has this name.';

/** Integrations. The catalog, not a DTO, defines the validation of bodies, by type. */
@Api('integrations')
export class IntegrationsController {
  constructor(
    private readonly integrations: Integrations,
    private readonly commands: ApiCommands,
    private readonly syncLists: SyncLists,
    private readonly missedCalls: MissedCalls,
    private readonly views: IntegrationViews,
  ) {}

  @Post()
  @Needs('integrations:write', { everywhere: true })
  @ApiBody({ type: CreateIntegration })
  @Operation('createIntegration', 'Create an integration', {
    description:
      'The type in the catalog determines the fields of the body. The integration becomes active with the first call of ' +
      'the identity provider.',
    returns: SavedIntegrationView,
    status: 201,
    conflict: NAME_TAKEN,
  })
  async create(@Body() body: object, @Call() call: HttpCall): Promise<SavedIntegrationView> {
    const saved = await this.integrations.create(body, causeOfCall(call), call.access.reach);
    // A new integration has no groups yet.
    const unmatched = 'groupsToSync' in body ? saved.integration.groupsToSync : undefined;
    return this.savedView(saved, unmatched, call);
  }

  @Get()
  @Needs('integrations:read')
  @Operation('listIntegrations', 'List integrations', {
    description: 'The integrations that the caller has access to.',
    page: IntegrationView,
  })
  async list(@Query() params: PageParams, @Call() call: HttpCall): Promise<Page<IntegrationView>> {
    const page = pageQuery(params);
    if (page.cursor !== undefined && !isId(page.cursor))
      throw new InvalidFields({ cursor: 'must be a nextCursor from a previous page' });
    const { items, nextCursor } = await this.integrations.list(call.access.reach, page);
    return { items: await this.views.all(items, call), nextCursor };
  }

  @Get(':integrationId')
  @Needs('integrations:read')
  @Operation('getIntegration', 'Get an integration', {
    description: 'The settings and the status of an integration.',
    returns: IntegrationView,
  })
  async get(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<IntegrationView> {
    return this.views.one(await this.integrations.get(id), call);
  }

  @Patch(':integrationId')
  @Needs('integrations:write')
  @ApiBody({ type: UpdateIntegration })
  @Operation('updateIntegration', 'Change an integration', {
    description:
      'Changes the given fields. A new list of groups to sync that would end grants or cancel requests requires the name ' +
      'of the integration in `confirm`.',
    returns: SavedIntegrationView,
    conflict:
      `${NAME_TAKEN} Or: the list would end grants or cancel requests, and \`confirm\` is not the name. Or: another list ` +
      'was saved at the same time.',
  })
  async update(
    @Id('integrationId') id: string,
    @Body() body: object,
    @Call() call: HttpCall,
  ): Promise<SavedIntegrationView> {
    const { unmatched, ...saved } = await this.syncLists.update(id, objectOf(body), call);
    return this.savedView(saved, unmatched, call);
  }

  @Get(':integrationId/impact')
  @Needs('integrations:read')
  @Operation('previewEnd', 'Preview disabling or deleting an integration', {
    description: 'Counts the users, grants and requests that would be affected. Changes nothing.',
    returns: ImpactView,
  })
  async impact(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<ImpactView> {
    const [{ users, activeUsers }, { liveGrants }, { openRequests }] = await Promise.all([
      this.commands.askOne(id, 'users.count', call, {}),
      this.commands.askOne(id, 'grants.count', call, {}),
      this.commands.askOne(id, 'requests.count', call, {}),
    ]);
    return { users, activeUsers, liveGrants, openRequests };
  }

  @Get(':integrationId/managers')
  @Needs('access:read')
  @Operation('reportManagers', 'Report how many managers resolve', {
    description:
      'Counts, for each possible `managerAttribute`, the active users whose manager resolves, and gives examples of values ' +
      'that do not. A changed setting counts within seconds.',
    returns: ManagerReport,
  })
  managers(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<ManagerReport> {
    return this.commands.askOne(id, 'managers.report', call, { integrationId: id });
  }

  @Post(':integrationId/groups-to-sync/impact')
  @Needs('integrations:read')
  @ApiBody({ type: GroupsToSync })
  @Operation('previewGroupsToSync', 'Preview a list of groups to sync', {
    description: 'Counts what the list would add and end. Changes nothing.',
    returns: SyncImpactView,
  })
  async syncImpact(
    @Id('integrationId') id: string,
    @Body() body: object,
    @Call() call: HttpCall,
  ): Promise<SyncImpactView> {
    const { groupsToSync } = await this.integrations.checkUpdate(id, body);
    if (!groupsToSync) throw new InvalidFields({ groupsToSync: 'is required' });
    return this.syncLists.impact(id, groupsToSync, call);
  }

  @Post(':integrationId/disable')
  @Needs('integrations:write')
  @Operation('disableIntegration', 'Disable an integration', {
    description:
      'Refuses SCIM calls, ends all grants, cancels pending requests and refuses new ones. Requires the name of the ' +
      'integration in `confirm`. Users, groups, flows and tokens stay.',
    returns: IntegrationView,
  })
  async disable(
    @Id('integrationId') id: string,
    @Body() { confirm }: Confirmation,
    @Call() call: HttpCall,
  ): Promise<IntegrationView> {
    return this.views.one(await this.integrations.disable(id, confirm, causeOfCall(call, id)), call);
  }

  @Post(':integrationId/enable')
  @Needs('integrations:write')
  @Operation('enableIntegration', 'Enable an integration', {
    description:
      'Accepts SCIM calls and requests again. Ended grants and cancelled requests are not restored. The response has the ' +
      'number of calls that were refused. Its status is `warning` until they are repeated or dismissed.',
    returns: EnabledIntegrationView,
  })
  async enable(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<EnabledIntegrationView> {
    const { integration, ...refused } = await this.missedCalls.enableIntegration(id, causeOfCall(call, id));
    return { ...(await this.views.one(integration, call)), refusedWhileDisabled: refusedView(refused) };
  }

  @Post(':integrationId/rebuild')
  @Needs('integrations:write')
  @Operation('rebuildIntegration', 'Rebuild the users and groups for access rules', {
    description:
      'Makes access-flow read the users, groups and members of the integration again, in the background. Use it after a restore.',
    status: 202,
  })
  async rebuild(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<void> {
    const state = stateOf(await this.integrations.get(id));
    await this.commands.askOne(id, 'projections.rebuild', call, { state });
  }

  @Delete(':integrationId')
  @Needs('integrations:write')
  @Operation('deleteIntegration', 'Delete an integration', {
    description:
      'Deletes its users, groups, flows and credentials, ends all grants and cancels pending requests. Requires the name ' +
      'of the integration in `confirm`.',
    conflict: LAST_ADMINISTRATOR,
  })
  async remove(
    @Id('integrationId') id: string,
    @Query() { confirm }: Confirmation,
    @Call() call: HttpCall,
  ): Promise<void> {
    await this.integrations.remove(id, confirm, causeOfCall(call, id));
  }
  /** @param unmatched names of the given groups to sync that match no group */
  private async savedView(
    { integration, sameDomain }: SavedIntegration,
    unmatched: string[] | undefined,
    call: HttpCall,
  ): Promise<SavedIntegrationView> {
    return {
      ...(await this.views.one(integration, call)),
      ...(unmatched ? { unmatchedGroups: unmatched } : {}),
      warnings: settingsWarnings({ domain: integration.domain, sameDomain, unmatchedGroups: unmatched ?? [] }),
    };
  }
}
