import { Body, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import {
  CreateFlow,
  FlowConfirmation,
  FlowRecord,
  type FlowSettings,
  type Page,
  UpdatedFlow,
  UpdateFlow,
} from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { accessibleIntegrations } from '../../callers/access.rule.js';
import { covers } from '../../callers/roles.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { IntegrationNames } from '../../integrations/integration-names.service.js';
import { Integrations } from '../../integrations/integrations.service.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { withoutAbsent } from '../common/without-absent.js';
import { ItemsParams, pageQuery } from '../common/page.dto.js';
import { References } from '../common/references.service.js';
import { referencesByField, withIds } from './flow-references.rule.js';
import { flowView } from './flow.view.js';
import { FlowView, UpdateFlowParams } from './flows.dto.js';
import { ownMembers } from '../common/own.rule.js';

const MEMBERS_SEE =
  'Members see only the flows under which they can request now, for themselves or for users of whom they are the manager, ' +
  'and those that name them as approver or owner, also by a group. They do not see who else is eligible: `eligibility` is null, ' +
  '`otherGroups`, `labels` and `ownerIds` are empty, and `users` has only those in `steps`.';
const NAME_TAKEN = 'Another access flow of this integration already has this name. Choose another name.';

/** Access flows: the rules under which users request group memberships. */
@Api('access-flows')
export class FlowsController {
  constructor(
    private readonly commands: ApiCommands,
    private readonly integrations: Integrations,
    private readonly references: References,
    private readonly names: IntegrationNames,
  ) {}

  @Post()
  @Needs('access:write')
  @Operation('createFlow', 'Create a flow', {
    description:
      'Users can then request the groups of the flow. An enabled flow with a step that no user could decide is ' +
      'refused.',
    returns: FlowRecord,
    status: 201,
    conflict: NAME_TAKEN,
  })
  async create(@Body() body: CreateFlow, @Call() call: HttpCall): Promise<FlowRecord> {
    const { integrationId } = body;
    if ((await this.integrations.idsWithin([integrationId])).length === 0 || !covers(call.access.reach, integrationId))
      throw new InvalidFields({ integrationId: 'must be the id of an integration' });
    const settings = await this.resolveNames(body, integrationId, call);
    const created = await this.commands.askOne(integrationId, 'flows.create', call, settings);
    return this.names.addTo(created);
  }

  @Get()
  @Needs('access:read', { orOwn: true })
  @Operation('listFlows', 'List flows', {
    description: MEMBERS_SEE,
    page: FlowView,
  })
  async list(@Query() params: ItemsParams, @Call() call: HttpCall): Promise<Page<FlowView>> {
    const { integrationId } = params;
    const visibleTo = ownMembers(call.access);
    const query = { ...pageQuery(params), ...withoutAbsent({ integrationId, visibleTo }) };
    const page = await this.commands.ask('flows.list', call, query, accessibleIntegrations(call.access));
    const { items, nextCursor } = await this.names.addToPage(page);
    return { items: items.map((flow) => flowView(call.access, flow)), nextCursor };
  }

  @Get(':id')
  @Needs('access:read', { orOwn: true })
  @Operation('getFlow', 'Get a flow', {
    description: MEMBERS_SEE,
    returns: FlowView,
  })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<FlowView> {
    const query = { id, ...withoutAbsent({ visibleTo: ownMembers(call.access) }) };
    const flow = await this.commands.ask('flows.get', call, query, accessibleIntegrations(call.access));
    return flowView(call.access, await this.names.addTo(flow));
  }

  @Patch(':id')
  @Needs('access:write')
  @Operation('updateFlow', 'Change a flow', {
    description:
      'Changes the given fields; each replaces the whole value. Pending requests that no longer match the flow are ' +
      'cancelled. After a change of the steps, the approval of the others starts again. Grants of users who are no longer ' +
      'eligible end, unless `whenIneligible` is `keep`. If there are any of these, it requires the name of the flow in ' +
      '`confirm`. With `validateOnly`, the response has their numbers, and nothing is changed.',
    returns: UpdatedFlow,
    conflict:
      `${NAME_TAKEN} Or the change would end grants, cancel requests or start their approval again, and \`confirm\` is not ` +
      'the name of the flow.',
  })
  async update(
    @Id() id: string,
    @Query() { confirm, validateOnly }: UpdateFlowParams,
    @Body() body: UpdateFlow,
    @Call() call: HttpCall,
  ): Promise<UpdatedFlow> {
    const { integrationId } = await this.commands.ask('flows.get', call, { id });
    const settings = await this.resolveNames(body, integrationId, call);
    const options = withoutAbsent({ confirm, validateOnly: validateOnly === 'true' ? true : undefined });
    const updated = await this.commands.ask('flows.update', call, { id, settings, ...options }, [integrationId]);
    return this.names.addTo(updated);
  }

  @Delete(':id')
  @Needs('access:write')
  @Operation('deleteFlow', 'Delete a flow', {
    description:
      'Ends all grants of the flow and cancels its pending requests. If there are any, it requires the name of the flow in ' +
      '`confirm`.',
    conflict: 'This would end grants or cancel requests, and `confirm` is not the name of the flow.',
  })
  async remove(@Id() id: string, @Query() query: FlowConfirmation, @Call() call: HttpCall): Promise<void> {
    const { integrationId } = await this.commands.ask('flows.get', call, { id }, call.access.reach, 'takesAccess');
    await this.commands.ask('flows.delete', call, { id, ...withoutAbsent({ confirm: query.confirm }) }, [
      integrationId,
    ]);
  }

  /** @returns the settings with ids instead of names; @throws InvalidFields for unknown and ambiguous names */
  private async resolveNames<S extends Partial<FlowSettings>>(
    settings: S,
    integrationId: string,
    call: HttpCall,
  ): Promise<S> {
    return withIds(settings, await this.references.resolve(call, [integrationId], referencesByField(settings)));
  }
}
