import { type Command, type CommandReply, pageOf } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { found, idOf, sliceOf } from '../commands/input.js';
import { integrationOf, membershipsOf, membersOf } from './memberships.queries.js';

/** Who is effectively in which group. All answers are bound by the command's integrations. */
@Controller()
export class MembershipsController {
  constructor(private readonly database: Database) {}

  @MessagePattern('members.list')
  async ofGroup(@Payload() command: Command<'members.list'>): Promise<CommandReply<'members.list'>> {
    const groupId = idOf(command.data.groupId, 'group');
    const slice = sliceOf(command.data);
    return this.database.transaction(command, async (tx) => {
      const integrationId = found(
        await integrationOf(tx, 'groups', command.integrationIds, groupId),
        'group among the groups to sync',
      );
      const rows = await membersOf(tx, integrationId, groupId, slice);
      return pageOf(
        rows,
        slice.limit,
        (row) => row.userId,
        (row) => row,
      );
    });
  }

  @MessagePattern('memberships.list')
  async ofUser(@Payload() command: Command<'memberships.list'>): Promise<CommandReply<'memberships.list'>> {
    const userId = idOf(command.data.userId, 'user');
    const slice = sliceOf(command.data);
    return this.database.transaction(command, async (tx) => {
      const integrationId = found(await integrationOf(tx, 'users', command.integrationIds, userId), 'user');
      const rows = await membershipsOf(tx, integrationId, userId, slice);
      return pageOf(
        rows,
        slice.limit,
        (row) => row.groupId,
        (row) => row,
      );
    });
  }
}
