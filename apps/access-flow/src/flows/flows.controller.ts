import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { FlowsService } from './flows.service.js';

@Controller()
export class FlowsController {
  constructor(private readonly flows: FlowsService) {}

  @MessagePattern('flows.create')
  create(@Payload() command: Command<'flows.create'>): Promise<CommandReply<'flows.create'>> {
    return this.flows.create(command);
  }

  @MessagePattern('flows.get')
  get(@Payload() command: Command<'flows.get'>): Promise<CommandReply<'flows.get'>> {
    return this.flows.get(command);
  }

  @MessagePattern('flows.list')
  list(@Payload() command: Command<'flows.list'>): Promise<CommandReply<'flows.list'>> {
    return this.flows.list(command);
  }

  @MessagePattern('flows.groupVisible')
  groupVisible(@Payload() command: Command<'flows.groupVisible'>): Promise<CommandReply<'flows.groupVisible'>> {
    return this.flows.groupVisible(command);
  }

  @MessagePattern('flows.update')
  update(@Payload() command: Command<'flows.update'>): Promise<CommandReply<'flows.update'>> {
    return this.flows.update(command);
  }

  @MessagePattern('flows.delete')
  delete(@Payload() command: Command<'flows.delete'>): Promise<CommandReply<'flows.delete'>> {
    return this.flows.delete(command);
  }
}
