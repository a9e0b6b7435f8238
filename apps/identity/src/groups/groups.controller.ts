import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { type Command, type CommandReply } from '@tidegate/contracts';
import { GroupStates } from './group-states.service.js';
import { GroupsService } from './groups.service.js';

@Controller()
export class GroupsController {
  constructor(
    private readonly groups: GroupsService,
    private readonly states: GroupStates,
  ) {}

  @MessagePattern('groups.create')
  create(@Payload() command: Command<'groups.create'>): Promise<CommandReply<'groups.create'>> {
    return this.groups.create(command);
  }

  @MessagePattern('groups.get')
  get(@Payload() command: Command<'groups.get'>): Promise<CommandReply<'groups.get'>> {
    return this.groups.get(command);
  }

  @MessagePattern('groups.list')
  list(@Payload() command: Command<'groups.list'>): Promise<CommandReply<'groups.list'>> {
    return this.groups.list(command);
  }

  @MessagePattern('groups.page')
  page(@Payload() command: Command<'groups.page'>): Promise<CommandReply<'groups.page'>> {
    return this.groups.page(command);
  }

  @MessagePattern('groups.members')
  members(@Payload() command: Command<'groups.members'>): Promise<CommandReply<'groups.members'>> {
    return this.groups.members(command);
  }

  @MessagePattern('groups.replace')
  replace(@Payload() command: Command<'groups.replace'>): Promise<CommandReply<'groups.replace'>> {
    return this.groups.replace(command);
  }

  @MessagePattern('groups.patch')
  patch(@Payload() command: Command<'groups.patch'>): Promise<CommandReply<'groups.patch'>> {
    return this.groups.patch(command);
  }

  @MessagePattern('groups.delete')
  delete(@Payload() command: Command<'groups.delete'>): Promise<CommandReply<'groups.delete'>> {
    return this.groups.delete(command);
  }

  @MessagePattern('groups.statePage')
  statePage(@Payload() command: Command<'groups.statePage'>): Promise<CommandReply<'groups.statePage'>> {
    return this.states.statePage(command);
  }

  @MessagePattern('groups.memberPage')
  memberPage(@Payload() command: Command<'groups.memberPage'>): Promise<CommandReply<'groups.memberPage'>> {
    return this.states.memberPage(command);
  }
}
