import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { RequestListsService } from './request-lists.service.js';
import { RequestsService } from './requests.service.js';

@Controller()
export class RequestsController {
  constructor(
    private readonly requests: RequestsService,
    private readonly lists: RequestListsService,
  ) {}

  @MessagePattern('requests.create')
  create(@Payload() command: Command<'requests.create'>): Promise<CommandReply<'requests.create'>> {
    return this.requests.create(command);
  }

  @MessagePattern('requests.get')
  get(@Payload() command: Command<'requests.get'>): Promise<CommandReply<'requests.get'>> {
    return this.lists.get(command);
  }

  @MessagePattern('requests.list')
  list(@Payload() command: Command<'requests.list'>): Promise<CommandReply<'requests.list'>> {
    return this.lists.list(command);
  }

  @MessagePattern('requests.count')
  count(@Payload() command: Command<'requests.count'>): Promise<CommandReply<'requests.count'>> {
    return this.lists.count(command);
  }

  @MessagePattern('requests.undecidable')
  undecidable(@Payload() command: Command<'requests.undecidable'>): Promise<CommandReply<'requests.undecidable'>> {
    return this.lists.undecidable(command);
  }

  @MessagePattern('requests.review')
  review(@Payload() command: Command<'requests.review'>): Promise<CommandReply<'requests.review'>> {
    return this.requests.review(command);
  }

  @MessagePattern('requests.cancel')
  cancel(@Payload() command: Command<'requests.cancel'>): Promise<CommandReply<'requests.cancel'>> {
    return this.requests.cancel(command);
  }
}
