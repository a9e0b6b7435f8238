import { Body, Get, Post, Query } from '@nestjs/common';
import {
  type CommandData,
  CreateRequest,
  type Page,
  Refusal,
  RequestRecord,
  type RequestReply,
  Review,
} from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { accessibleIntegrations } from '../../callers/access.rule.js';
import { type Reach } from '../../callers/roles.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { IntegrationNames } from '../../integrations/integration-names.service.js';
import { Links } from '../../auth/links.service.js';
import { apiCaller } from '../common/known-caller.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { RequestsParams } from './requests.dto.js';
import { withoutAbsent } from '../common/without-absent.js';
import { pageQuery } from '../common/page.dto.js';
import { requestView } from './request.view.js';
import { canSee, canActOn, reviewerOf, scopeToReviewers, scopeToCaller } from '../common/own.rule.js';

const DECIDED = 'Only pending requests of active users can be reviewed, and only once by each approver.';

/** Access requests and their reviews. */
@Api('access-requests')
export class RequestsController {
  constructor(
    private readonly commands: ApiCommands,
    private readonly links: Links,
    private readonly names: IntegrationNames,
  ) {}

  @Post()
  @Needs('access:write', { orOwn: true })
  @Operation('createRequest', 'Request access to a group', {
    description:
      'Creates a request under a flow. In an automatic flow it is approved at once and has a grant; otherwise it is pending ' +
      'until an approver decides or it expires. Members can only request for themselves.',
    returns: RequestRecord,
    status: 201,
    conflict: 'This user already has a pending request for this group under this access flow.',
  })
  async create(@Body() body: CreateRequest, @Call() call: HttpCall): Promise<RequestRecord> {
    const { reach } = scopeToCaller(call.access, { userId: body.userId });
    const integrationIds = await this.integrationOf(body.flowId, reach, call);
    return this.shown(call, await this.commands.ask('requests.create', call, body, integrationIds));
  }

  @Get()
  @Needs('access:read', { orOwn: true })
  @Operation('listRequests', 'List requests', {
    description: 'Newest first. Members see only their own requests and those that they can or could review.',
    page: RequestRecord,
  })
  list(@Query() params: RequestsParams, @Call() call: HttpCall): Promise<Page<RequestRecord>> {
    const { status, approverId, reviewable } = params;
    if (reviewable === 'true' || approverId !== undefined) return this.listReviewable(params, call);
    const { reach, ...filter } = scopeToCaller(call.access, params);
    return this.page(call, { ...pageQuery(params), ...withoutAbsent({ status, ...filter }) }, reach);
  }

  @Get(':id')
  @Needs('access:read', { orOwn: true })
  @Operation('getRequest', 'Get a request', {
    description: 'Members see only their own requests and those that they can or could review.',
    returns: RequestRecord,
  })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.shown(call, await this.find(id, call));
  }

  @Post(':id/approve')
  @Needs('access:review-as', { orOwn: true })
  @Operation('approveRequest', 'Approve a request', {
    description:
      'Creates a review and a grant. The current flow is evaluated again, and the grant lasts at most as long as the flow ' +
      'currently allows. People review as their own user. An API key names the reviewer. Requesters cannot approve their ' +
      'own requests.',
    returns: RequestRecord,
    conflict: `${DECIDED} Or the current flow does not allow the grant: the request then stays pending and can be denied.`,
  })
  approve(@Id() id: string, @Body() review: Review, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.decide(id, 'approve', review, call);
  }

  @Post(':id/deny')
  @Needs('access:review-as', { orOwn: true })
  @Operation('denyRequest', 'Deny a request', {
    description: 'Creates a review. People review as their own user. An API key names the reviewer.',
    returns: RequestRecord,
    conflict: DECIDED,
  })
  deny(@Id() id: string, @Body() review: Review, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.decide(id, 'deny', review, call);
  }

  @Post(':id/cancel')
  @Needs('access:write', { orOwn: true })
  @Operation('cancelRequest', 'Cancel a request', {
    description: 'Cancels a pending request, with the reason `withdrawn`. Members can cancel their own requests.',
    returns: RequestRecord,
    conflict: 'Only pending requests can be cancelled.',
  })
  async cancel(@Id() id: string, @Call() call: HttpCall): Promise<RequestRecord> {
    const request = await this.find(id, call);
    if (!canActOn(call.access, request)) throw new Refusal('notAllowed', 'Only the requester can cancel a request.');
    const cancelled = await this.commands.ask('requests.cancel', call, { id }, [request.integrationId]);
    return this.shown(call, cancelled);
  }

  /** @returns the integration of a flow, alone: the actor of the command includes its user there */
  private async integrationOf(flowId: string, reach: Reach, call: HttpCall): Promise<readonly string[]> {
    if (reach !== 'all' && reach.length === 1) return reach;
    return [(await this.commands.ask('flows.get', call, { id: flowId }, reach)).integrationId];
  }

  /** Requests that can be, or could have been, reviewed by the given approver or the caller. */
  private async listReviewable(params: RequestsParams, call: HttpCall): Promise<Page<RequestRecord>> {
    const { integrationId, userId } = params;
    const reviewable = params.reviewable === 'true';
    const status = params.status ?? (reviewable ? 'pending' : undefined);
    if (reviewable && status !== 'pending')
      throw new InvalidFields({ status: 'must be pending: only pending requests can be reviewed' });
    const reviewers = scopeToReviewers(call.caller, call.access, { ...params, reviewable });
    if (!reviewers) return { items: [], nextCursor: null };
    const { reach, approverIds } = reviewers;
    const query = { ...pageQuery(params), ...withoutAbsent({ integrationId, status, userId, approverIds }) };
    return this.page(call, query, reach);
  }

  private async shown(call: HttpCall, request: RequestReply): Promise<RequestRecord> {
    return requestView(call.access, await this.names.addTo(request));
  }

  private async page(call: HttpCall, query: CommandData<'requests.list'>, reach: Reach): Promise<Page<RequestRecord>> {
    const page = await this.commands.ask('requests.list', call, query, reach);
    const { items, nextCursor } = await this.names.addToPage(page);
    return { items: items.map((request) => requestView(call.access, request)), nextCursor };
  }

  private async decide(
    id: string,
    verdict: 'approve' | 'deny',
    review: Review,
    call: HttpCall,
  ): Promise<RequestRecord> {
    const { integrationId, userId } = await this.find(id, call);
    await this.refuseOwn(call, integrationId, userId);
    const reviewerId = reviewerOf(call.caller, integrationId, review.reviewerId);
    const data = { ...review, id, verdict, reviewerId };
    return this.shown(call, await this.commands.ask('requests.review', call, data, [integrationId]));
  }

  /** @throws Refusal `notAllowed` when the caller, or the person who created its key, is the user, under any account */
  private async refuseOwn(call: HttpCall, integrationId: string, userId: string): Promise<void> {
    if (await this.links.isUserOfCaller(apiCaller(call), integrationId, userId, call.requestId))
      throw new Refusal('notAllowed', 'You cannot review your own request.');
  }

  /** @throws Refusal `missing` also when the request exists and the caller may not see it */
  private async find(id: string, call: HttpCall): Promise<RequestReply> {
    const request = await this.commands.ask('requests.get', call, { id }, accessibleIntegrations(call.access));
    if (!canSee(call.access, request)) throw new Refusal('missing', 'No such request.');
    return request;
  }
}
