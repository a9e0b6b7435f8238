import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { ReasonsService } from './reasons.service.js';
import { TimelineService } from './timeline.service.js';

@Controller()
export class TimelineController {
  constructor(
    private readonly timelines: TimelineService,
    private readonly approvers: ReasonsService,
  ) {}

  @OnCommand('requests.timeline')
  timeline(command: Command<'requests.timeline'>): Promise<CommandReply<'requests.timeline'>> {
    return this.timelines.timeline(command);
  }

  @OnCommand('requests.comment')
  comment(command: Command<'requests.comment'>): Promise<CommandReply<'requests.comment'>> {
    return this.timelines.comment(command);
  }

  @OnCommand('requests.reasons')
  reasons(command: Command<'requests.reasons'>): Promise<CommandReply<'requests.reasons'>> {
    return this.approvers.reasons(command);
  }
}
