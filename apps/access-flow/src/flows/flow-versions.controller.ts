import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { FlowVersionsService } from './flow-versions.service.js';

@Controller()
export class FlowVersionsController {
  constructor(private readonly versions: FlowVersionsService) {}

  @OnCommand('flows.versions')
  list(command: Command<'flows.versions'>): Promise<CommandReply<'flows.versions'>> {
    return this.versions.list(command);
  }

  @OnCommand('flows.version')
  get(command: Command<'flows.version'>): Promise<CommandReply<'flows.version'>> {
    return this.versions.get(command);
  }
}
