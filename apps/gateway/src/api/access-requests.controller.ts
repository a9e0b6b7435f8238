import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { type Page, Refusal, type RequestRecord } from '@tidegate/contracts';
import { Needs } from '../auth/access.decorator.js';
import { touchable } from '../auth/access.rule.js';
import { Call, type HttpCall } from '../http/call.js';
import { InvalidFields } from '../http/invalid-fields.js';
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
  constructor(private readonly commands: ApiCommands) {}

  @Post()
  @Needs('access:write', { orOwn: true })
  @ApiCreatedResponse({ type: RequestView })
  create(@Body() body: CreateRequest, @Call() call: HttpCall): Promise<RequestRecord> {
    const { reach } = whose(call.access, { userId: body.userId });
    return this.commands.ask('requests.create', call, { ...body }, reach);
  }

  @Get()
  @Needs('access:read', { orOwn: true })
  @ApiPageResponse(RequestView)
  list(@Query() params: RequestsParams, @Call() call: HttpCall): Promise<Page<RequestRecord>> {
    const { status, approverId, reviewable } = params;
    if (reviewable === 'true' || approverId !== undefined) return this.listReviewable(params, call);
    const { reach, ...about } = whose(call.access, params);
    return this.commands.ask(
      'requests.list',
      call,
      { ...pageQuery(params), ...withoutAbsent({ status, ...about }) },
      reach,
    );
  }

  @Get(':id')
  @Needs('access:read', { orOwn: true })
  @ApiOkResponse({ type: RequestView })
  get(@Id() id: string, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.find(id, call);
  }

  @Post(':id/approve')
  @Needs('access:review-as', { orOwn: true })
  @HttpCode(200)
  @ApiOkResponse({ type: RequestView })
  approve(@Id() id: string, @Body() review: Review, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.decide(id, 'approve', review, call);
  }

  @Post(':id/deny')
  @Needs('access:review-as', { orOwn: true })
  @HttpCode(200)
  @ApiOkResponse({ type: RequestView })
  deny(@Id() id: string, @Body() review: Review, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.decide(id, 'deny', review, call);
  }

  @Post(':id/cancel')
  @Needs('access:write', { orOwn: true })
  @HttpCode(200)
  @ApiOkResponse({ type: RequestView })
  async cancel(@Id() id: string, @Call() call: HttpCall): Promise<RequestRecord> {
    const request = await this.find(id, call);
    if (!isOwnOrCovered(call.access, request))
      throw new Refusal('notAllowed', 'Only who asked may withdraw a request.');
    return this.commands.ask('requests.cancel', call, { id }, [request.integrationId]);
  }

  /** Those on which somebody may decide, or could have. */
  private async listReviewable(params: RequestsParams, call: HttpCall): Promise<Page<RequestRecord>> {
    const { integrationId, userId } = params;
    const reviewable = params.reviewable === 'true';
    const status = params.status ?? (reviewable ? 'pending' : undefined);
    if (reviewable && status !== 'pending')
      throw new InvalidFields({ status: 'must be pending: nobody may decide on what is decided' });
    const reviewers = reviewersOf(call.caller, call.access, { ...params, reviewable });
    if (!reviewers) return { items: [], nextCursor: null };
    const { reach, approverIds } = reviewers;
    const query = { ...pageQuery(params), ...withoutAbsent({ integrationId, status, userId, approverIds }) };
    return this.commands.ask('requests.list', call, query, reach);
  }

  private async decide(
    id: string,
    verdict: 'approve' | 'deny',
    review: Review,
    call: HttpCall,
  ): Promise<RequestRecord> {
    const { integrationId } = await this.find(id, call);
    const reviewerId = reviewerOf(call.caller, integrationId, review.reviewerId);
    return this.commands.ask('requests.review', call, { ...review, id, verdict, reviewerId }, [integrationId]);
  }

  /** @throws Refusal `missing` also when the request is there and does not concern the caller */
  private async find(id: string, call: HttpCall): Promise<RequestRecord> {
    const request = await this.commands.ask('requests.get', call, { id }, touchable(call.access));
    if (!concerns(call.access, request)) throw new Refusal('missing', 'No such request.');
    return request;
  }
}
