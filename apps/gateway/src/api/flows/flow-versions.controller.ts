import { Get, Param, Query } from '@nestjs/common';
import { FlowVersionRecord, FlowVersionSettings, type Page, Refusal } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { PageParams, pageQuery } from '../common/page.dto.js';

/** The versions of access flows. Each change of the settings makes one. */
@Api('access-flows')
export class FlowVersionsController {
  constructor(private readonly commands: ApiCommands) {}

  @Get(':id/versions')
  @Needs('access:read')
  @Operation('listFlowVersions', 'List the versions of a flow', {
    description:
      'Newest first, with the actor that saved each and what changed, in words. The versions of a deleted flow stay readable.',
    page: FlowVersionRecord,
  })
  list(@Id() id: string, @Query() params: PageParams, @Call() call: HttpCall): Promise<Page<FlowVersionRecord>> {
    return this.commands.ask('flows.versions', call, { id, ...pageQuery(params) });
  }

  @Get(':id/versions/:version')
  @Needs('access:read')
  @Operation('getFlowVersion', 'Get a version of a flow', {
    description: 'All settings of the version. The versions of a deleted flow stay readable.',
    returns: FlowVersionSettings,
  })
  get(@Id() id: string, @Param('version') version: string, @Call() call: HttpCall): Promise<FlowVersionSettings> {
    if (!/^[1-9]\d{0,8}$/.test(version)) throw new Refusal('missing', 'No such version of this access flow.');
    return this.commands.ask('flows.version', call, { id, version: Number(version) });
  }
}
