import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { RevocationsService } from './revocations.service.js';
import { GrantsService } from './grants.service.js';

@Controller()
export class GrantsController {
  constructor(
    private readonly grants: GrantsService,
    private readonly revocations: RevocationsService,
  ) {}

  @OnCommand('grants.get')
  get(command: Command<'grants.get'>): Promise<CommandReply<'grants.get'>> {
    return this.grants.get(command);
  }

  @OnCommand('grants.list')
  list(command: Command<'grants.list'>): Promise<CommandReply<'grants.list'>> {
    return this.grants.list(command);
  }

  @OnCommand('grants.count')
  count(command: Command<'grants.count'>): Promise<CommandReply<'grants.count'>> {
    return this.grants.count(command);
  }

  @OnCommand('grants.groups')
  groups(command: Command<'grants.groups'>): Promise<CommandReply<'grants.groups'>> {
    return this.grants.groups(command);
  }

  @OnCommand('grants.revoke')
  revoke(command: Command<'grants.revoke'>): Promise<CommandReply<'grants.revoke'>> {
    return this.grants.revoke(command);
  }

  @OnCommand('grants.revokeMany')
  revokeMany(command: Command<'grants.revokeMany'>): Promise<CommandReply<'grants.revokeMany'>> {
    return this.revocations.revokeMany(command);
  }
}
