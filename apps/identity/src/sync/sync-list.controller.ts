import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { type Command, type CommandReply } from '@tidegate/contracts';
import { SyncLists } from './sync-list.service.js';

@Controller()
export class SyncListController {
  constructor(private readonly lists: SyncLists) {}

  @OnCommand('groups.states')
  states(command: Command<'groups.states'>): Promise<CommandReply<'groups.states'>> {
    return this.lists.states(command);
  }

  @OnCommand('groups.match')
  match(command: Command<'groups.match'>): Promise<CommandReply<'groups.match'>> {
    return this.lists.match(command);
  }
}
