import { Get, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { type GroupRecord, type Page, type UserRecord } from '@tidegate/contracts';
import { userStateOf } from '@tidegate/scim';
import { Call, type HttpCall } from '../http/call.js';
import { ApiCommands } from './api-commands.service.js';
import { Api, Id } from './api.decorator.js';
import { pageQuery, PageParams } from './dto/page.query.js';
import { ApiPageResponse, GroupView, MembershipView, UserView } from './dto/views.js';

/** What Okta pushed, and who is in which group in effect. */
@Api('integrations/:integrationId', 'directory')
export class DirectoryController {
  constructor(private readonly commands: ApiCommands) {}

  @Get('users')
  @ApiPageResponse(UserView)
  async users(
    @Id('integrationId') integrationId: string,
    @Query() params: PageParams,
    @Call() call: HttpCall,
  ): Promise<Page<UserView>> {
    const { items, nextCursor } = await this.commands.askOne(integrationId, 'users.page', call, pageQuery(params));
    return { items: items.map(userView), nextCursor };
  }

  @Get('users/:userId')
  @ApiOkResponse({ type: UserView })
  async user(
    @Id('integrationId') integrationId: string,
    @Id('userId') id: string,
    @Call() call: HttpCall,
  ): Promise<UserView> {
    return userView(await this.commands.askOne(integrationId, 'users.get', call, { id }));
  }

  /** Pushed by Okta or held by a live grant. */
  @Get('users/:userId/groups')
  @ApiPageResponse(MembershipView)
  groupsOfUser(
    @Id('integrationId') integrationId: string,
    @Id('userId') userId: string,
    @Query() params: PageParams,
    @Call() call: HttpCall,
  ): Promise<Page<MembershipView>> {
    return this.commands.askOne(integrationId, 'memberships.list', call, { ...pageQuery(params), userId });
  }

  @Get('groups')
  @ApiPageResponse(GroupView)
  async groups(
    @Id('integrationId') integrationId: string,
    @Query() params: PageParams,
    @Call() call: HttpCall,
  ): Promise<Page<GroupView>> {
    const { items, nextCursor } = await this.commands.askOne(integrationId, 'groups.page', call, pageQuery(params));
    return { items: items.map(groupView), nextCursor };
  }

  @Get('groups/:groupId')
  @ApiOkResponse({ type: GroupView })
  async group(
    @Id('integrationId') integrationId: string,
    @Id('groupId') id: string,
    @Call() call: HttpCall,
  ): Promise<GroupView> {
    return groupView(await this.commands.askOne(integrationId, 'groups.get', call, { id, withMembers: false }));
  }

  /** Pushed by Okta or by a live grant. */
  @Get('groups/:groupId/members')
  @ApiPageResponse(MembershipView)
  membersOfGroup(
    @Id('integrationId') integrationId: string,
    @Id('groupId') groupId: string,
    @Query() params: PageParams,
    @Call() call: HttpCall,
  ): Promise<Page<MembershipView>> {
    return this.commands.askOne(integrationId, 'members.list', call, { ...pageQuery(params), groupId });
  }
}

function userView({ id, attributes, active, version, createdAt, lastModifiedAt }: UserRecord): UserView {
  return { id, ...userStateOf(attributes), active, version, createdAt, lastModifiedAt };
}

function groupView({ id, attributes, version, createdAt, lastModifiedAt }: GroupRecord): GroupView {
  const { displayName, externalId } = attributes;
  return {
    id,
    displayName: typeof displayName === 'string' ? displayName : '',
    externalId: typeof externalId === 'string' ? externalId : null,
    version,
    createdAt,
    lastModifiedAt,
  };
}
