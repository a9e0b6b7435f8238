import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { type CommandData, type Page, Refusal, type RequestRecord } from '@tidegate/contracts';
import { Needs } from '../auth/access.decorator.js';
import { accessibleIntegrations } from '../auth/access.rule.js';
import { type Reach } from '../auth/roles.js';
import { Call, type HttpCall } from '../http/call.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { Links } from '../login/links.service.js';
import { knownCaller } from './known-caller.js';
import { requestView } from './access-views.js';
import { ApiCommands } from './api-commands.service.js';
import { Api, Id } from './api.decorator.js';
import { CreateRequest, RequestsParams, Review } from './dto/access.dto.js';
import { withoutAbsent } from './dto/flow-settings.js';
import { pageQuery } from './dto/page.query.js';
import { ApiPageResponse, RequestView } from './dto/views.js';
import { concerns, isOwnOrCovered, reviewerOf, reviewersOf, whose } from './own.rule.js';

/** Who asked to borrow what, and what was said to it. */
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
    const { reach } = whose(call.access, { userId: body.userId });
    const where = await this.integrationOf(body.flowId, reach, call);
    return requestView(call.access, await this.commands.ask('requests.create', call, { ...body }, where));
  }

  @Get()
  @Needs('access:read', { orOwn: true })
  @ApiPageResponse(RequestView)
  list(@Query() params: RequestsParams, @Call() call: HttpCall): Promise<Page<RequestView>> {
    const { status, approverId, reviewable } = params;
    if (reviewable === 'true' || approverId !== undefined) return this.listReviewable(params, call);
    const { reach, ...about } = whose(call.access, params);
    return this.page(call, { ...pageQuery(params), ...withoutAbsent({ status, ...about }) }, reach);
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
    if (!isOwnOrCovered(call.access, request))
      throw new Refusal('notAllowed', 'Only who asked may withdraw a request.');
    const cancelled = await this.commands.ask('requests.cancel', call, { id }, [request.integrationId]);
    return requestView(call.access, cancelled);
  }

  /** The one integration of a flow: the actor of a command is named by its user there. */
  private async integrationOf(flowId: string, reach: Reach, call: HttpCall): Promise<readonly string[]> {
    if (reach !== 'all' && reach.length === 1) return reach;
    return [(await this.commands.ask('flows.get', call, { id: flowId }, reach)).integrationId];
  }

  /** Those on which somebody may decide, or could have. */
  private async listReviewable(params: RequestsParams, call: HttpCall): Promise<Page<RequestView>> {
    const { integrationId, userId } = params;
    const reviewable = params.reviewable === 'true';
    const status = params.status ?? (reviewable ? 'pending' : undefined);
    if (reviewable && status !== 'pending')
      throw new InvalidFields({ status: 'must be pending: nobody may decide on what is decided' });
    const reviewers = reviewersOf(call.caller, call.access, { ...params, reviewable });
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
    const asked = { ...review, id, verdict, reviewerId };
    return requestView(call.access, await this.commands.ask('requests.review', call, asked, [integrationId]));
  }

  /** @throws Refusal `notAllowed` when the caller, or the person who made its key, is the user, under whichever account */
  private async refuseOwn(call: HttpCall, integrationId: string, userId: string): Promise<void> {
    if (await this.links.isUserOfCaller(knownCaller(call), integrationId, userId, call.requestId))
      throw new Refusal('notAllowed', 'You cannot decide on your own request.');
  }

  /** @throws Refusal `missing` also when the request is there and does not concern the caller */
  private async find(id: string, call: HttpCall): Promise<RequestRecord> {
    const request = await this.commands.ask('requests.get', call, { id }, accessibleIntegrations(call.access));
    if (!concerns(call.access, request)) throw new Refusal('missing', 'No such request.');
    return request;
  }
}
