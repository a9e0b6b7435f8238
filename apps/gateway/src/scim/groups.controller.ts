import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Res } from '@nestjs/common';
import { type IfMatch } from '@tidegate/contracts';
import { type FastifyReply } from 'fastify';
import { Scim } from '../callers/access.decorator.js';
import { pageResponse } from './response.js';
import { GroupResources } from './group-resources.service.js';
import { IfMatchCondition } from './preconditions.js';
import { sendResponse } from './reply.js';
import { type ScimCall, GetScimCall } from './scim-call.js';
import { searchInBody, searchInUrl } from './search.rule.js';

/** Groups over SCIM (RFC 7644 §3). */
@Scim()
@Controller('scim/v2/:integrationId/Groups')
export class GroupsController {
  constructor(private readonly groups: GroupResources) {}

  @Get()
  async list(@GetScimCall() call: ScimCall, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, pageResponse(await this.groups.list(searchInUrl(call))));
  }

  @Post('.search')
  async search(@GetScimCall() call: ScimCall, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, pageResponse(await this.groups.list(searchInBody(call, body))));
  }

  @Get(':id')
  async get(@GetScimCall() call: ScimCall, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, await this.groups.get(call, id));
  }

  @Post()
  async create(@GetScimCall() call: ScimCall, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, await this.groups.create(call, body));
  }

  @Put(':id')
  async replace(
    @GetScimCall() call: ScimCall,
    @Param('id') id: string,
    @Body() body: unknown,
    @IfMatchCondition() ifMatch: IfMatch | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendResponse(reply, await this.groups.replace(call, id, body, ifMatch));
  }

  @Patch(':id')
  async patch(
    @GetScimCall() call: ScimCall,
    @Param('id') id: string,
    @Body() body: unknown,
    @IfMatchCondition() ifMatch: IfMatch | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendResponse(reply, await this.groups.patch(call, id, body, ifMatch));
  }

  @Delete(':id')
  async remove(
    @GetScimCall() call: ScimCall,
    @Param('id') id: string,
    @IfMatchCondition() ifMatch: IfMatch | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendResponse(reply, await this.groups.remove(call, id, ifMatch));
  }
}
