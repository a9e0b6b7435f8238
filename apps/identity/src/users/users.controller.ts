import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { type Command, type CommandReply } from '@tidegate/contracts';
import { ProfilePasses } from './profile-passes.service.js';
import { UsersService } from './users.service.js';

@Controller()
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly profiles: ProfilePasses,
  ) {}

  @MessagePattern('users.create')
  create(@Payload() command: Command<'users.create'>): Promise<CommandReply<'users.create'>> {
    return this.users.create(command);
  }

  @MessagePattern('users.get')
  get(@Payload() command: Command<'users.get'>): Promise<CommandReply<'users.get'>> {
    return this.users.get(command);
  }

  @MessagePattern('users.list')
  list(@Payload() command: Command<'users.list'>): Promise<CommandReply<'users.list'>> {
    return this.users.list(command);
  }

  @MessagePattern('users.page')
  page(@Payload() command: Command<'users.page'>): Promise<CommandReply<'users.page'>> {
    return this.users.page(command);
  }

  @MessagePattern('users.count')
  count(@Payload() command: Command<'users.count'>): Promise<CommandReply<'users.count'>> {
    return this.users.count(command);
  }

  @MessagePattern('users.replace')
  replace(@Payload() command: Command<'users.replace'>): Promise<CommandReply<'users.replace'>> {
    return this.users.replace(command);
  }

  @MessagePattern('users.patch')
  patch(@Payload() command: Command<'users.patch'>): Promise<CommandReply<'users.patch'>> {
    return this.users.patch(command);
  }

  @MessagePattern('users.delete')
  delete(@Payload() command: Command<'users.delete'>): Promise<CommandReply<'users.delete'>> {
    return this.users.delete(command);
  }

  @MessagePattern('users.deactivations')
  deactivations(@Payload() command: Command<'users.deactivations'>): Promise<CommandReply<'users.deactivations'>> {
    return this.users.deactivations(command);
  }

  @MessagePattern('users.statePage')
  statePage(@Payload() command: Command<'users.statePage'>): Promise<CommandReply<'users.statePage'>> {
    return this.profiles.statePage(command);
  }
}
