import { Get, Query } from '@nestjs/common';
import { EffectiveMembership, type Page, Refusal } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { canActOn } from '../common/own.rule.js';
import { withoutAbsent } from '../common/without-absent.js';
import { pageQuery, PageParams } from '../common/page.dto.js';
import { UserView, userView } from './user.view.js';
import { UsersParams } from './users.dto.js';

/** Users of an integration, and their effective memberships. */
@Api('integrations/:integrationId', 'directory')
export class UsersController {
  constructor(private readonly commands: ApiCommands) {}

  @Get('users')
  @Needs('directory:read')
  @Operation('listUsers', 'List users', {
    description:
      'The users that the identity provider pushed, also inactive ones. A page of a search can have fewer than `limit` items, ' +
      'or none, although `nextCursor` is not null.',
    page: UserView,
  })
  async users(
    @Id('integrationId') integrationId: string,
    @Query() { search, ...params }: UsersParams,
    @Call() call: HttpCall,
  ): Promise<Page<UserView>> {
    const query = { ...pageQuery(params), ...withoutAbsent({ search }) };
    const { items, nextCursor } = await this.commands.askOne(integrationId, 'users.page', call, query);
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
    page: EffectiveMembership,
  })
  groupsOfUser(
    @Id('integrationId') integrationId: string,
    @Id('userId') userId: string,
    @Query() params: PageParams,
    @Call() call: HttpCall,
  ): Promise<Page<EffectiveMembership>> {
    requireOwn(call, integrationId, userId);
    return this.commands.askOne(integrationId, 'memberships.list', call, { ...pageQuery(params), userId });
  }
}

/** @throws Refusal `missing` when a member asks for another user */
function requireOwn({ access }: HttpCall, integrationId: string, userId: string): void {
  if (!canActOn(access, { integrationId, userId })) throw new Refusal('missing', 'No such user.');
}
