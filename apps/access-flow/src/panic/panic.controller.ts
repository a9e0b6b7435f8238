import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { PanicService } from './panic.service.js';

@Controller()
export class PanicController {
  constructor(private readonly service: PanicService) {}

  @OnCommand('grants.panic')
  panic(command: Command<'grants.panic'>): Promise<CommandReply<'grants.panic'>> {
    return this.service.panic(command);
  }
}
