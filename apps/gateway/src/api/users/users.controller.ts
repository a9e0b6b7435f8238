import { Get, Query } from '@nestjs/common';
import { type GroupRecord, type Page, Refusal, type UserRecord } from '@tidegate/contracts';
import { userStateOf } from '@tidegate/scim';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { pageQuery, GroupsParams, PageParams } from '../common/page.dto.js';
import { GroupView, MembershipView, UserView } from '../flows/flow.view.js';
import { canActOn } from '../common/own.rule.js';

/** Users, groups and effective memberships of an integration. */
@Api('integrations/:integrationId', 'directory')
export class DirectoryController {
  constructor(private readonly commands: ApiCommands) {}

  @Get('users')
  @Needs('directory:read')
  @Operation('listUsers', 'List users', {
    description: 'The users that the identity provider pushed, also inactive ones.',
    page: UserView,
  })
  async users(
    @Id('integrationId') integrationId: string,
    @Query() params: PageParams,
    @Call() call: HttpCall,
  ): Promise<Page<UserView>> {
    const { items, nextCursor } = await this.commands.askOne(integrationId, 'users.page', call, pageQuery(params));
    return { items: items.map(userView), nextCursor };
  }

  @Get('users/:userId')
  @Needs('directory:read', { orOwn: true })
  @Operation('getUser', 'Get a user', { description: 'Members see only themselves.', returns: UserView })
  async user(
    @Id('integrationId') integrationId: string,
    @Id('userId') id: string,
    @Call() call: HttpCall,
  ): Promise<UserView> {
    requireOwn(call, integrationId, id);
    return userView(await this.commands.askOne(integrationId, 'users.get', call, { id, withGroups: false }));
  }

  @Get('users/:userId/groups')
  @Needs('directory:read', { orOwn: true })
  @Operation('listGroupsOfUser', 'List the effective memberships of a user', {
    description: 'Memberships by SCIM, by a grant, or both. Members see only their own.',
    page: MembershipView,
  })
  groupsOfUser(
    @Id('integrationId') integrationId: string,
    @Id('userId') userId: string,
    @Query() params: PageParams,
    @Call() call: HttpCall,
  ): Promise<Page<MembershipView>> {
    requireOwn(call, integrationId, userId);
    return this.commands.askOne(integrationId, 'memberships.list', call, { ...pageQuery(params), userId });
  }

  @Get('groups')
  @Needs('directory:read')
  @Operation('listGroups', 'List groups', {
    description: 'The groups that the identity provider pushed, also those that are not synced.',
    page: GroupView,
  })
  async groups(
    @Id('integrationId') integrationId: string,
    @Query() { synced, ...params }: GroupsParams,
    @Call() call: HttpCall,
  ): Promise<Page<GroupView>> {
    const query = { ...pageQuery(params), ...(synced === undefined ? {} : { synced: synced === 'true' }) };
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
    page: MembershipView,
  })
  membersOfGroup(
    @Id('integrationId') integrationId: string,
    @Id('groupId') groupId: string,
    @Query() params: PageParams,
    @Call() call: HttpCall,
  ): Promise<Page<MembershipView>> {
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

/** @throws Refusal `missing` when a member asks for another user */
function requireOwn({ access }: HttpCall, integrationId: string, userId: string): void {
  if (!canActOn(access, { integrationId, userId })) throw new Refusal('missing', 'No such user.');
}

function userView({ id, attributes, active, version, createdAt, lastModifiedAt }: UserRecord): UserView {
  return { id, ...userStateOf(attributes), active, version, createdAt, lastModifiedAt };
}

function groupView({ id, attributes, synced, version, createdAt, lastModifiedAt }: GroupRecord): GroupView {
  const { displayName, externalId } = attributes;
  return {
    id,
    displayName: typeof displayName === 'string' ? displayName : '',
    externalId: typeof externalId === 'string' ? externalId : null,
    synced,
    version,
    createdAt,
    lastModifiedAt,
  };
}
