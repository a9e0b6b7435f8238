import { Body, Get, Put } from '@nestjs/common';
import { GroupOwners } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { references } from '../common/references.rule.js';
import { References } from '../common/references.service.js';
import { SetOwnersBody } from './owners.dto.js';

/** Owners of synced groups. They are kept in Tidegate; identity providers do not send them. */
@Api('groups', 'directory')
export class OwnersController {
  constructor(
    private readonly commands: ApiCommands,
    private readonly references: References,
  ) {}

  @Get(':id/owners')
  @Needs('access:read')
  @Operation('getGroupOwners', 'Get the owners of a group', {
    description: 'Of a synced group. A user with `active` false is no owner any more, until named again.',
    returns: GroupOwners,
  })
  get(@Id() groupId: string, @Call() call: HttpCall): Promise<GroupOwners> {
    return this.commands.ask('owners.get', call, { groupId });
  }

  @Put(':id/owners')
  @Needs('access:write')
  @Operation('setGroupOwners', 'Replace the owners of a group', {
    description:
      'Names the owners of a synced group: active users of its integration. A user who is deactivated later is no owner any ' +
      'more, also after a reactivation, until named again.',
    returns: GroupOwners,
  })
  async set(@Id() groupId: string, @Body() body: SetOwnersBody, @Call() call: HttpCall): Promise<GroupOwners> {
    const { integrationId } = await this.commands.ask('owners.get', call, { groupId });
    const fields = { userIds: references('user', body.userIds) };
    const { userIds } = await this.references.resolve(call, [integrationId], fields);
    const data = { groupId, userIds: userIds.map(({ id }) => id) };
    return this.commands.ask('owners.set', call, data, [integrationId]);
  }
}
