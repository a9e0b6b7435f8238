import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { OwnersService } from './owners.service.js';

@Controller()
export class OwnersController {
  constructor(private readonly owners: OwnersService) {}

  @OnCommand('owners.get')
  get(command: Command<'owners.get'>): Promise<CommandReply<'owners.get'>> {
    return this.owners.get(command);
  }

  @OnCommand('owners.set')
  set(command: Command<'owners.set'>): Promise<CommandReply<'owners.set'>> {
    return this.owners.set(command);
  }
}
