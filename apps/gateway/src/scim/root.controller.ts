import { Body, Controller, Get, Post, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { Scim } from '../callers/access.decorator.js';
import { pageResponse } from './response.js';
import { sendResponse } from './reply.js';
import { RootSearch } from './root-search.service.js';
import { type ScimCall, GetScimCall } from './scim-call.js';
import { searchInBody, searchInUrl } from './search.rule.js';

/** Searches over all resource types (RFC 7644 §3.4.2.1, §3.4.3). */
@Scim()
@Controller('scim/v2/:integrationId')
export class RootController {
  constructor(private readonly search: RootSearch) {}

  @Get()
  async list(@GetScimCall() call: ScimCall, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, pageResponse(await this.search.list(searchInUrl(call))));
  }

  @Post('.search')
  async find(@GetScimCall() call: ScimCall, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, pageResponse(await this.search.list(searchInBody(call, body))));
  }
}
