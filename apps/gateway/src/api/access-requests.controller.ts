import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { type CommandData, type Page, Refusal, type RequestRecord } from '@tidegate/contracts';
import { Needs } from '../callers/access.decorator.js';
import { accessibleIntegrations } from '../callers/access.rule.js';
import { type Reach } from '../callers/roles.js';
import { Call, type HttpCall } from '../callers/call.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { Links } from '../auth/links.service.js';
import { apiCaller } from './known-caller.js';
import { requestView } from './access-views.js';
import { ApiCommands } from './api-commands.service.js';
import { Api, Id } from './api.decorator.js';
import { CreateRequest, RequestsParams, Review } from './dto/access.dto.js';
import { withoutAbsent } from './dto/flow-settings.js';
import { pageQuery } from './dto/page.query.js';
import { ApiPageResponse, RequestView } from './dto/views.js';
import { canSee, canActOn, reviewerOf, scopeToReviewers, scopeToCaller } from './own.rule.js';

/** Access requests and their reviews. */
@Api('access-requests')
export class AccessRequestsController {
  constructor(
    private readonly commands: ApiCommands,
    private readonly links: Links,
  ) {}

  @Post()
  @Needs('access:write', { orOwn: true })
  @ApiCreatedResponse({ type: RequestView })
  async create(@Body() body: CreateRequest, @Call() call: HttpCall): Promise<RequestView> {
    const { reach } = scopeToCaller(call.access, { userId: body.userId });
    const integrationIds = await this.integrationOf(body.flowId, reach, call);
    return requestView(call.access, await this.commands.ask('requests.create', call, { ...body }, integrationIds));
  }

  @Get()
  @Needs('access:read', { orOwn: true })
  @ApiPageResponse(RequestView)
  list(@Query() params: RequestsParams, @Call() call: HttpCall): Promise<Page<RequestView>> {
    const { status, approverId, reviewable } = params;
    if (reviewable === 'true' || approverId !== undefined) return this.listReviewable(params, call);
    const { reach, ...filter } = scopeToCaller(call.access, params);
    return this.page(call, { ...pageQuery(params), ...withoutAbsent({ status, ...filter }) }, reach);
  }

  @Get(':id')
  @Needs('access:read', { orOwn: true })
  @ApiOkResponse({ type: RequestView })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<RequestView> {
    return requestView(call.access, await this.find(id, call));
  }

  @Post(':id/approve')
  @Needs('access:review-as', { orOwn: true })
  @HttpCode(200)
  @ApiOkResponse({ type: RequestView })
  approve(@Id() id: string, @Body() review: Review, @Call() call: HttpCall): Promise<RequestView> {
    return this.decide(id, 'approve', review, call);
  }

  @Post(':id/deny')
  @Needs('access:review-as', { orOwn: true })
  @HttpCode(200)
  @ApiOkResponse({ type: RequestView })
  deny(@Id() id: string, @Body() review: Review, @Call() call: HttpCall): Promise<RequestView> {
    return this.decide(id, 'deny', review, call);
  }

  @Post(':id/cancel')
  @Needs('access:write', { orOwn: true })
  @HttpCode(200)
  @ApiOkResponse({ type: RequestView })
  async cancel(@Id() id: string, @Call() call: HttpCall): Promise<RequestView> {
    const request = await this.find(id, call);
    if (!canActOn(call.access, request)) throw new Refusal('notAllowed', 'Only the requester can cancel a request.');
    const cancelled = await this.commands.ask('requests.cancel', call, { id }, [request.integrationId]);
    return requestView(call.access, cancelled);
  }

  /** @returns the integration of a flow, alone: the actor of the command includes its user there */
  private async integrationOf(flowId: string, reach: Reach, call: HttpCall): Promise<readonly string[]> {
    if (reach !== 'all' && reach.length === 1) return reach;
    return [(await this.commands.ask('flows.get', call, { id: flowId }, reach)).integrationId];
  }

  /** Requests that can be, or could have been, reviewed by the given approver or the caller. */
  private async listReviewable(params: RequestsParams, call: HttpCall): Promise<Page<RequestView>> {
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

  private async page(call: HttpCall, query: CommandData<'requests.list'>, reach: Reach): Promise<Page<RequestView>> {
    const { items, nextCursor } = await this.commands.ask('requests.list', call, query, reach);
    return { items: items.map((request) => requestView(call.access, request)), nextCursor };
  }

  private async decide(id: string, verdict: 'approve' | 'deny', review: Review, call: HttpCall): Promise<RequestView> {
    const { integrationId, userId } = await this.find(id, call);
    await this.refuseOwn(call, integrationId, userId);
    const reviewerId = reviewerOf(call.caller, integrationId, review.reviewerId);
    const data = { ...review, id, verdict, reviewerId };
    return requestView(call.access, await this.commands.ask('requests.review', call, data, [integrationId]));
  }

  /** @throws Refusal `notAllowed` when the caller, or the person who created its key, is the user, under any account */
  private async refuseOwn(call: HttpCall, integrationId: string, userId: string): Promise<void> {
    if (await this.links.isUserOfCaller(apiCaller(call), integrationId, userId, call.requestId))
      throw new Refusal('notAllowed', 'You cannot review your own request.');
  }

  /** @throws Refusal `missing` also when the request exists and the caller may not see it */
  private async find(id: string, call: HttpCall): Promise<RequestRecord> {
    const request = await this.commands.ask('requests.get', call, { id }, accessibleIntegrations(call.access));
    if (!canSee(call.access, request)) throw new Refusal('missing', 'No such request.');
    return request;
  }
}
