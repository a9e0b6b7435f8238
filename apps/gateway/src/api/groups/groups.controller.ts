import { Get, Query } from '@nestjs/common';
import { EffectiveMembership, type Page, Refusal } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { withoutAbsent } from '../common/without-absent.js';
import { pageQuery, PageParams } from '../common/page.dto.js';
import { GroupView, groupView } from './group.view.js';
import { GroupsParams } from './groups.dto.js';

/** Groups of an integration, and their effective members. */
@Api('integrations/:integrationId', 'directory')
export class GroupsController {
  constructor(private readonly commands: ApiCommands) {}

  @Get('groups')
  @Needs('directory:read')
  @Operation('listGroups', 'List groups', {
    description:
      'The groups that the identity provider pushed, also those that are not synced. A page of a search can have fewer than ' +
      '`limit` items, or none, although `nextCursor` is not null.',
    page: GroupView,
  })
  async groups(
    @Id('integrationId') integrationId: string,
    @Query() { synced, search, ...params }: GroupsParams,
    @Call() call: HttpCall,
  ): Promise<Page<GroupView>> {
    const isSynced = synced === undefined ? undefined : synced === 'true';
    const query = { ...pageQuery(params), ...withoutAbsent({ search, synced: isSynced }) };
    const { items, nextCursor } = await this.commands.askOne(integrationId, 'groups.page', call, query);
    return { items: items.map(groupView), nextCursor };
  }

  @Get('groups/:groupId')
  @Needs('directory:read', { orOwn: true })
  @Operation('getGroup', 'Get a group', {
    description: 'Members see only groups that they are in, can request, can approve or have requested.',
    returns: GroupView,
  })
  async group(
    @Id('integrationId') integrationId: string,
    @Id('groupId') id: string,
    @Call() call: HttpCall,
  ): Promise<GroupView> {
    await this.requireVisible(call, integrationId, id);
    return groupView(await this.commands.askOne(integrationId, 'groups.get', call, { id, withMembers: false }));
  }

  @Get('groups/:groupId/members')
  @Needs('directory:read')
  @Operation('listMembersOfGroup', 'List the effective members of a group', {
    description: 'Active users that are members by SCIM, by a grant, or both.',
    page: EffectiveMembership,
  })
  membersOfGroup(
    @Id('integrationId') integrationId: string,
    @Id('groupId') groupId: string,
    @Query() params: PageParams,
    @Call() call: HttpCall,
  ): Promise<Page<EffectiveMembership>> {
    return this.commands.askOne(integrationId, 'members.list', call, { ...pageQuery(params), groupId });
  }

  /** @throws Refusal `missing` when the caller is a member and no flow or membership makes the group visible to it */
  private async requireVisible(call: HttpCall, integrationId: string, groupId: string): Promise<void> {
    const userId = call.access.own[integrationId];
    if (userId === undefined) return;
    const { visible } = await this.commands.askOne(integrationId, 'flows.groupVisible', call, { userId, groupId });
    if (!visible) throw new Refusal('missing', 'No such group.');
  }
}
