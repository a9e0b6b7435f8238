import { Get, Query } from '@nestjs/common';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { IntegrationNames } from '../../integrations/integration-names.service.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Operation } from '../common/api.decorator.js';
import { pageQuery } from '../common/page.dto.js';
import { References } from '../common/references.service.js';
import { withoutAbsent } from '../common/without-absent.js';
import { RequestableParams, RequestableView } from './requestable.dto.js';
import { scopeToRequesters } from './requester.rule.js';

/** What users can request. */
@Api('requestable', 'access-requests')
export class RequestableController {
  constructor(
    private readonly commands: ApiCommands,
    private readonly names: IntegrationNames,
    private readonly references: References,
  ) {}

  @Get()
  @Needs('access:read', { orOwn: true })
  @Operation('listRequestable', 'List what a user can request', {
    description:
      'Each group of each enabled flow for which the user is eligible, by flow and group. People see what they can request ' +
      'themselves, in all their integrations. An API key names the user. The list is empty for an inactive or unknown user.',
    page: RequestableView,
  })
  async list(@Query() params: RequestableParams, @Call() call: HttpCall): Promise<Page<RequestableView>> {
    const { integrationId } = params;
    const requesters = scopeToRequesters(call.caller, call.access, await this.references.filters(call, params));
    if (!requesters) return { items: [], nextCursor: null };
    const { reach, ...asked } = requesters;
    const query = { ...pageQuery(params), ...withoutAbsent({ integrationId }), ...asked };
    const page = await this.commands.ask('requests.requestable', call, query, reach);
    return this.names.addToPage(page);
  }
}
