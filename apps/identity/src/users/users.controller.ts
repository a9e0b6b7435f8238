import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { type Command, type CommandReply } from '@tidegate/contracts';
import { ProfilePasses } from './profile-passes.service.js';
import { UsersService } from './users.service.js';

@Controller()
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly profiles: ProfilePasses,
  ) {}

  @OnCommand('users.create')
  create(command: Command<'users.create'>): Promise<CommandReply<'users.create'>> {
    return this.users.create(command);
  }

  @OnCommand('users.get')
  get(command: Command<'users.get'>): Promise<CommandReply<'users.get'>> {
    return this.users.get(command);
  }

  @OnCommand('users.list')
  list(command: Command<'users.list'>): Promise<CommandReply<'users.list'>> {
    return this.users.list(command);
  }

  @OnCommand('users.page')
  page(command: Command<'users.page'>): Promise<CommandReply<'users.page'>> {
    return this.users.page(command);
  }

  @OnCommand('users.count')
  count(command: Command<'users.count'>): Promise<CommandReply<'users.count'>> {
    return this.users.count(command);
  }

  @OnCommand('users.replace')
  replace(command: Command<'users.replace'>): Promise<CommandReply<'users.replace'>> {
    return this.users.replace(command);
  }

  @OnCommand('users.patch')
  patch(command: Command<'users.patch'>): Promise<CommandReply<'users.patch'>> {
    return this.users.patch(command);
  }

  @OnCommand('users.delete')
  delete(command: Command<'users.delete'>): Promise<CommandReply<'users.delete'>> {
    return this.users.delete(command);
  }

  @OnCommand('users.deactivations')
  deactivations(command: Command<'users.deactivations'>): Promise<CommandReply<'users.deactivations'>> {
    return this.users.deactivations(command);
  }

  @OnCommand('users.statePage')
  statePage(command: Command<'users.statePage'>): Promise<CommandReply<'users.statePage'>> {
    return this.profiles.statePage(command);
  }
}
