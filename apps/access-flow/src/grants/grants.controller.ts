import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { GrantsService } from './grants.service.js';

@Controller()
export class GrantsController {
  constructor(private readonly grants: GrantsService) {}

  @MessagePattern('grants.get')
  get(@Payload() command: Command<'grants.get'>): Promise<CommandReply<'grants.get'>> {
    return this.grants.get(command);
  }

  @MessagePattern('grants.list')
  list(@Payload() command: Command<'grants.list'>): Promise<CommandReply<'grants.list'>> {
    return this.grants.list(command);
  }

  @MessagePattern('grants.count')
  count(@Payload() command: Command<'grants.count'>): Promise<CommandReply<'grants.count'>> {
    return this.grants.count(command);
  }

  @MessagePattern('grants.groups')
  groups(@Payload() command: Command<'grants.groups'>): Promise<CommandReply<'grants.groups'>> {
    return this.grants.groups(command);
  }

  @MessagePattern('grants.revoke')
  revoke(@Payload() command: Command<'grants.revoke'>): Promise<CommandReply<'grants.revoke'>> {
    return this.grants.revoke(command);
  }

  @MessagePattern('grants.extend')
  extend(@Payload() command: Command<'grants.extend'>): Promise<CommandReply<'grants.extend'>> {
    return this.grants.extend(command);
  }
}
