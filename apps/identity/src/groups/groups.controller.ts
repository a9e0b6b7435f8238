import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { type Command, type CommandReply } from '@tidegate/contracts';
import { GroupStates } from './group-states.service.js';
import { GroupsService } from './groups.service.js';

@Controller()
export class GroupsController {
  constructor(
    private readonly groups: GroupsService,
    private readonly states: GroupStates,
  ) {}

  @OnCommand('groups.create')
  create(command: Command<'groups.create'>): Promise<CommandReply<'groups.create'>> {
    return this.groups.create(command);
  }

  @OnCommand('groups.get')
  get(command: Command<'groups.get'>): Promise<CommandReply<'groups.get'>> {
    return this.groups.get(command);
  }

  @OnCommand('groups.list')
  list(command: Command<'groups.list'>): Promise<CommandReply<'groups.list'>> {
    return this.groups.list(command);
  }

  @OnCommand('groups.page')
  page(command: Command<'groups.page'>): Promise<CommandReply<'groups.page'>> {
    return this.groups.page(command);
  }

  @OnCommand('groups.members')
  members(command: Command<'groups.members'>): Promise<CommandReply<'groups.members'>> {
    return this.groups.members(command);
  }

  @OnCommand('groups.replace')
  replace(command: Command<'groups.replace'>): Promise<CommandReply<'groups.replace'>> {
    return this.groups.replace(command);
  }

  @OnCommand('groups.patch')
  patch(command: Command<'groups.patch'>): Promise<CommandReply<'groups.patch'>> {
    return this.groups.patch(command);
  }

  @OnCommand('groups.delete')
  delete(command: Command<'groups.delete'>): Promise<CommandReply<'groups.delete'>> {
    return this.groups.delete(command);
  }

  @OnCommand('groups.statePage')
  statePage(command: Command<'groups.statePage'>): Promise<CommandReply<'groups.statePage'>> {
    return this.states.statePage(command);
  }

  @OnCommand('groups.memberPage')
  memberPage(command: Command<'groups.memberPage'>): Promise<CommandReply<'groups.memberPage'>> {
    return this.states.memberPage(command);
  }
}
