import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { FlowsService } from './flows.service.js';

@Controller()
export class FlowsController {
  constructor(private readonly flows: FlowsService) {}

  @OnCommand('flows.create')
  create(command: Command<'flows.create'>): Promise<CommandReply<'flows.create'>> {
    return this.flows.create(command);
  }

  @OnCommand('flows.get')
  get(command: Command<'flows.get'>): Promise<CommandReply<'flows.get'>> {
    return this.flows.get(command);
  }

  @OnCommand('flows.list')
  list(command: Command<'flows.list'>): Promise<CommandReply<'flows.list'>> {
    return this.flows.list(command);
  }

  @OnCommand('flows.groupVisible')
  groupVisible(command: Command<'flows.groupVisible'>): Promise<CommandReply<'flows.groupVisible'>> {
    return this.flows.groupVisible(command);
  }

  @OnCommand('flows.update')
  update(command: Command<'flows.update'>): Promise<CommandReply<'flows.update'>> {
    return this.flows.update(command);
  }

  @OnCommand('flows.delete')
  delete(command: Command<'flows.delete'>): Promise<CommandReply<'flows.delete'>> {
    return this.flows.delete(command);
  }
}
