import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { ExtensionsService } from './extensions.service.js';
import { RequestListsService } from './request-lists.service.js';
import { RequestsService } from './requests.service.js';
import { ReviewService } from './review.service.js';

@Controller()
export class RequestsController {
  constructor(
    private readonly requests: RequestsService,
    private readonly lists: RequestListsService,
    private readonly reviews: ReviewService,
    private readonly extensions: ExtensionsService,
  ) {}

  @OnCommand('requests.create')
  create(command: Command<'requests.create'>): Promise<CommandReply<'requests.create'>> {
    return this.requests.create(command);
  }

  @OnCommand('requests.get')
  get(command: Command<'requests.get'>): Promise<CommandReply<'requests.get'>> {
    return this.lists.get(command);
  }

  @OnCommand('requests.list')
  list(command: Command<'requests.list'>): Promise<CommandReply<'requests.list'>> {
    return this.lists.list(command);
  }

  @OnCommand('requests.requestable')
  requestable(command: Command<'requests.requestable'>): Promise<CommandReply<'requests.requestable'>> {
    return this.lists.requestable(command);
  }

  @OnCommand('requests.count')
  count(command: Command<'requests.count'>): Promise<CommandReply<'requests.count'>> {
    return this.lists.count(command);
  }

  @OnCommand('requests.undecidable')
  undecidable(command: Command<'requests.undecidable'>): Promise<CommandReply<'requests.undecidable'>> {
    return this.lists.undecidable(command);
  }

  @OnCommand('requests.review')
  review(command: Command<'requests.review'>): Promise<CommandReply<'requests.review'>> {
    return this.reviews.review(command);
  }

  @OnCommand('requests.cancel')
  cancel(command: Command<'requests.cancel'>): Promise<CommandReply<'requests.cancel'>> {
    return this.requests.cancel(command);
  }

  @OnCommand('grants.extend')
  extend(command: Command<'grants.extend'>): Promise<CommandReply<'grants.extend'>> {
    return this.extensions.extend(command);
  }
}
