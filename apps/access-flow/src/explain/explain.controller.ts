import { type Command, type CommandReply } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { ExplainService } from './explain.service.js';

@Controller()
export class ExplainController {
  constructor(private readonly explanations: ExplainService) {}

  @OnCommand('access.explain')
  explain(command: Command<'access.explain'>): Promise<CommandReply<'access.explain'>> {
    return this.explanations.explain(command);
  }
}
