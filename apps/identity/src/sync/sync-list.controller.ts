import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { type Command, type CommandReply } from '@tidegate/contracts';
import { SyncLists } from './sync-list.service.js';

@Controller()
export class SyncListController {
  constructor(private readonly lists: SyncLists) {}

  @MessagePattern('groups.states')
  states(@Payload() command: Command<'groups.states'>): Promise<CommandReply<'groups.states'>> {
    return this.lists.states(command);
  }

  @MessagePattern('groups.match')
  match(@Payload() command: Command<'groups.match'>): Promise<CommandReply<'groups.match'>> {
    return this.lists.match(command);
  }
}
