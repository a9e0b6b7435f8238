import { type Command, type CommandReply } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { findByName, namesOfUsers } from './references.queries.js';

/** Finds users, groups and flows by name, and the names of users, only in the command's integrations. */
@Controller()
export class ReferencesController {
  constructor(private readonly database: Database) {}

  @OnCommand('references.resolve')
  resolve(command: Command<'references.resolve'>): Promise<CommandReply<'references.resolve'>> {
    const { integrationIds, data } = command;
    const { userNames, groupNames, flowNames, visibleTo } = data;
    return this.database.transaction(command, async (tx) => ({
      users: await findByName(tx, 'users', integrationIds, userNames, visibleTo),
      groups: await findByName(tx, 'groups', integrationIds, groupNames, visibleTo),
      flows: await findByName(tx, 'flows', integrationIds, flowNames, visibleTo),
    }));
  }

  @OnCommand('references.names')
  names(command: Command<'references.names'>): Promise<CommandReply<'references.names'>> {
    const { integrationIds, data } = command;
    return this.database.transaction(command, async (tx) => ({
      users: await namesOfUsers(tx, integrationIds, data.userIds),
    }));
  }
}
