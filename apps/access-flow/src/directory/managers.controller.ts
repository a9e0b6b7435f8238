import { type Command, type CommandReply } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { allowedIntegrations } from '../common/allowed-integrations.js';
import { requireFound } from '../common/require-found.js';
import { reportManagers } from './managers-report.queries.js';

/** Reports how many managers resolve, only in the command's integrations. */
@Controller()
export class ManagersController {
  constructor(private readonly database: Database) {}

  /** @throws Refusal `missing` for an integration that is not one of the command */
  @OnCommand('managers.report')
  report(command: Command<'managers.report'>): Promise<CommandReply<'managers.report'>> {
    const [allowed] = allowedIntegrations(command.integrationIds, command.data.integrationId);
    const integrationId = requireFound(allowed, 'integration');
    return this.database.transaction(command, (tx) => reportManagers(tx, integrationId));
  }
}
