import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Res } from '@nestjs/common';
import { type IfMatch } from '@tidegate/contracts';
import { type FastifyReply } from 'fastify';
import { Scim } from '../callers/access.decorator.js';
import { pageResponse } from './response.js';
import { IfMatchCondition } from './preconditions.js';
import { sendResponse } from './reply.js';
import { type ScimCall, GetScimCall } from './scim-call.js';
import { searchInBody, searchInUrl } from './search.rule.js';
import { UserResources } from './user-resources.service.js';

/** Users over SCIM (RFC 7644 §3). */
@Scim()
@Controller('scim/v2/:integrationId/Users')
export class UsersController {
  constructor(private readonly users: UserResources) {}

  @Get()
  async list(@GetScimCall() call: ScimCall, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, pageResponse(await this.users.list(searchInUrl(call))));
  }

  @Post('.search')
  async search(@GetScimCall() call: ScimCall, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, pageResponse(await this.users.list(searchInBody(call, body))));
  }

  @Get(':id')
  async get(@GetScimCall() call: ScimCall, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, await this.users.get(call, id));
  }

  @Post()
  async create(@GetScimCall() call: ScimCall, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, await this.users.create(call, body));
  }

  @Put(':id')
  async replace(
    @GetScimCall() call: ScimCall,
    @Param('id') id: string,
    @Body() body: unknown,
    @IfMatchCondition() ifMatch: IfMatch | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendResponse(reply, await this.users.replace(call, id, body, ifMatch));
  }

  @Patch(':id')
  async patch(
    @GetScimCall() call: ScimCall,
    @Param('id') id: string,
    @Body() body: unknown,
    @IfMatchCondition() ifMatch: IfMatch | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendResponse(reply, await this.users.patch(call, id, body, ifMatch));
  }

  @Delete(':id')
  async remove(
    @GetScimCall() call: ScimCall,
    @Param('id') id: string,
    @IfMatchCondition() ifMatch: IfMatch | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendResponse(reply, await this.users.remove(call, id, ifMatch));
  }
}
