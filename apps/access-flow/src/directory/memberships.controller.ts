import { type Command, type CommandReply, pageOf } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { requireFound } from '../common/require-found.js';
import { integrationOf, membershipsOf, membersOf } from './memberships.queries.js';

/** Lists effective memberships, only of the command's integrations. */
@Controller()
export class MembershipsController {
  constructor(private readonly database: Database) {}

  @OnCommand('members.list')
  async ofGroup(command: Command<'members.list'>): Promise<CommandReply<'members.list'>> {
    const { groupId } = command.data;
    return this.database.transaction(command, async (tx) => {
      const integrationId = requireFound(
        await integrationOf(tx, 'groups', command.integrationIds, groupId),
        'group among the groups to sync',
      );
      const rows = await membersOf(tx, integrationId, groupId, command.data);
      return pageOf(
        rows,
        command.data.limit,
        (row) => row.userId,
        (row) => row,
      );
    });
  }

  @OnCommand('memberships.list')
  async ofUser(command: Command<'memberships.list'>): Promise<CommandReply<'memberships.list'>> {
    const { userId } = command.data;
    return this.database.transaction(command, async (tx) => {
      const integrationId = requireFound(await integrationOf(tx, 'users', command.integrationIds, userId), 'user');
      const rows = await membershipsOf(tx, integrationId, userId, command.data);
      return pageOf(
        rows,
        command.data.limit,
        (row) => row.groupId,
        (row) => row,
      );
    });
  }
}
