import { Body, Get, Post } from '@nestjs/common';
import { Panic, PanicResult } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { PanicPreview } from './integrations.dto.js';

/** Ends all access of an integration at once. */
@Api('integrations/:integrationId/panic', 'integrations')
export class PanicController {
  constructor(private readonly commands: ApiCommands) {}

  @Get()
  @Needs('access:panic')
  @Operation('previewPanic', 'Preview a panic', {
    description: 'Counts the grants and requests that a panic would end. Changes nothing.',
    returns: PanicPreview,
  })
  async preview(@Id('integrationId') id: string, @Call() call: HttpCall): Promise<PanicPreview> {
    const [{ liveGrants }, { openRequests }] = await Promise.all([
      this.commands.askOne(id, 'grants.count', call, {}),
      this.commands.askOne(id, 'requests.count', call, {}),
    ]);
    return { liveGrants, openRequests };
  }

  @Post()
  @Needs('access:panic', { stepUp: true })
  @Operation('panic', 'End all access of an integration', {
    description:
      'Ends all grants of the integration at once and cancels its pending requests, with the reason `panic`. The body ' +
      'repeats the number of live grants. Flows stay enabled: disable the integration too if nobody may get access again.',
    returns: PanicResult,
    conflict: '`liveGrants` is not the number of live grants. The detail says the number.',
  })
  panic(@Id('integrationId') id: string, @Body() body: Panic, @Call() call: HttpCall): Promise<PanicResult> {
    return this.commands.askOne(id, 'grants.panic', call, body);
  }
}
