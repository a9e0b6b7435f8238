import { type Command, type CommandReply, pageOf } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { requireFound, idOf, pageArgsOf } from '../common/input.js';
import { integrationOf, membershipsOf, membersOf } from './memberships.queries.js';

/** Lists effective memberships, only of the command's integrations. */
@Controller()
export class MembershipsController {
  constructor(private readonly database: Database) {}

  @OnCommand('members.list')
  async ofGroup(command: Command<'members.list'>): Promise<CommandReply<'members.list'>> {
    const groupId = idOf(command.data.groupId, 'group');
    const page = pageArgsOf(command.data);
    return this.database.transaction(command, async (tx) => {
      const integrationId = requireFound(
        await integrationOf(tx, 'groups', command.integrationIds, groupId),
        'group among the groups to sync',
      );
      const rows = await membersOf(tx, integrationId, groupId, page);
      return pageOf(
        rows,
        page.limit,
        (row) => row.userId,
        (row) => row,
      );
    });
  }

  @OnCommand('memberships.list')
  async ofUser(command: Command<'memberships.list'>): Promise<CommandReply<'memberships.list'>> {
    const userId = idOf(command.data.userId, 'user');
    const page = pageArgsOf(command.data);
    return this.database.transaction(command, async (tx) => {
      const integrationId = requireFound(await integrationOf(tx, 'users', command.integrationIds, userId), 'user');
      const rows = await membershipsOf(tx, integrationId, userId, page);
      return pageOf(
        rows,
        page.limit,
        (row) => row.groupId,
        (row) => row,
      );
    });
  }
}
