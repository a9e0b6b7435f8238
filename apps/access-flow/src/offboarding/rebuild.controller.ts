import { causeOf, type Command, type CommandReply, Refusal } from '@tidegate/contracts';
import { Controller } from '@nestjs/common';
import { OnCommand } from '@tidegate/messaging';
import { Writes } from '../common/writes.service.js';
import { applyIntegrationState } from './offboarding.js';
import { RebuildWorker } from './rebuild.worker.js';
import { requestRebuild } from './rebuilds.queries.js';

@Controller()
export class RebuildController {
  constructor(
    private readonly writes: Writes,
    private readonly rebuilds: RebuildWorker,
  ) {}

  /**
   * Requests a rebuild. The command contains the state of the integration, because the projection can have lost it.
   * @throws Refusal `missing` if the integration was removed; `invalid` if the state is of another integration
   */
  @OnCommand('projections.rebuild')
  async rebuild(command: Command<'projections.rebuild'>): Promise<CommandReply<'projections.rebuild'>> {
    const { state } = command.data;
    const [id, ...others] = command.integrationIds;
    if (id === undefined || others.length > 0 || state.integrationId !== id)
      throw new Refusal('invalid', `${command.name} is for exactly one integration, the one in its state.`);
    const reply = await this.writes.run(
      command,
      id,
      async (tx) => {
        await applyIntegrationState(tx, state, causeOf(command));
        if (!(await requestRebuild(tx, id, command.requestId))) throw new Refusal('missing', 'No such integration.');
      },
      () => Promise.resolve({}),
    );
    this.rebuilds.worker.wake();
    return reply;
  }
}
