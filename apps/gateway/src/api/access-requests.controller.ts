import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { type Page, type RequestRecord } from '@tidegate/contracts';
import { Call, type HttpCall } from '../http/call.js';
import { ApiCommands } from './api-commands.service.js';
import { Api, Id } from './api.decorator.js';
import { CreateRequest, RequestsParams, Review } from './dto/access.dto.js';
import { withoutAbsent } from './dto/flow-settings.js';
import { pageQuery } from './dto/page.query.js';
import { ApiPageResponse, RequestView } from './dto/views.js';

/** Who asked to borrow what, and what was said to it. */
@Api('access-requests')
export class AccessRequestsController {
  constructor(private readonly commands: ApiCommands) {}

  @Post()
  @ApiCreatedResponse({ type: RequestView })
  create(@Body() body: CreateRequest, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.commands.ask('requests.create', call, { ...body });
  }

  @Get()
  @ApiPageResponse(RequestView)
  list(@Query() params: RequestsParams, @Call() call: HttpCall): Promise<Page<RequestRecord>> {
    const { status, userId, integrationId } = params;
    return this.commands.ask('requests.list', call, {
      ...pageQuery(params),
      ...withoutAbsent({ status, userId, integrationId }),
    });
  }

  @Get(':id')
  @ApiOkResponse({ type: RequestView })
  get(@Id() id: string, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.commands.ask('requests.get', call, { id });
  }

  @Post(':id/approve')
  @HttpCode(200)
  @ApiOkResponse({ type: RequestView })
  approve(@Id() id: string, @Body() review: Review, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.commands.ask('requests.review', call, { id, verdict: 'approve', ...review });
  }

  @Post(':id/deny')
  @HttpCode(200)
  @ApiOkResponse({ type: RequestView })
  deny(@Id() id: string, @Body() review: Review, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.commands.ask('requests.review', call, { id, verdict: 'deny', ...review });
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOkResponse({ type: RequestView })
  cancel(@Id() id: string, @Call() call: HttpCall): Promise<RequestRecord> {
    return this.commands.ask('requests.cancel', call, { id });
  }
}
