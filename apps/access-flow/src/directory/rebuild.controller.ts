import { causeOf, type Command, type CommandReply, Refusal } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { Writes } from '../commands/writes.js';
import { applyIntegrationState } from '../offboarding/offboarding.js';
import { UndecidableAlarm } from '../requests/undecidable.alarm.js';
import { RebuildWorker } from './rebuild.worker.js';
import { requestRebuild } from './rebuilds.queries.js';

@Controller()
export class RebuildController {
  constructor(
    private readonly writes: Writes,
    private readonly alarm: UndecidableAlarm,
    private readonly worker: RebuildWorker,
  ) {}

  /**
   * Requests a rebuild. The state of the integration comes along: after a loss of all data it is not known otherwise.
   * @throws Refusal `missing` when the integration is removed; `invalid` when the state is of another integration
   */
  @MessagePattern('projections.rebuild')
  async rebuild(@Payload() command: Command<'projections.rebuild'>): Promise<CommandReply<'projections.rebuild'>> {
    const { state } = command.data;
    const [id, ...others] = command.integrationIds;
    if (id === undefined || others.length > 0 || state.integrationId !== id)
      throw new Refusal('invalid', `${command.name} is about one integration.`);
    const reply = await this.writes.run(
      command,
      id,
      async (tx) => {
        const { undecidable } = await applyIntegrationState(tx, state, causeOf(command));
        if (!(await requestRebuild(tx, id, command.requestId))) throw new Refusal('missing', 'No such integration.');
        this.alarm.raise(id, undecidable);
      },
      () => Promise.resolve({}),
    );
    this.worker.wake();
    return reply;
  }
}
