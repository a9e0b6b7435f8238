import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Res } from '@nestjs/common';
import { listResponse, mayDeactivate, parsePatch, parseResource } from '@tidegate/scim';
import { type FastifyReply } from 'fastify';
import { Scim } from '../auth/access.decorator.js';
import { Creates } from './creates.service.js';
import { knownId } from './known-id.js';
import { listQuery } from './list-query.rule.js';
import { sendNothing, sendScim } from './reply.js';
import { userResource } from './resources.js';
import { type ScimCall, Scimmed } from './scim-call.js';
import { ScimCommands } from './scim-commands.service.js';

/** Users over SCIM (RFC 7644 §3). Bodies are unknown to Nest: libs/scim alone reads them. */
@Scim()
@Controller('scim/v2/:integrationId/Users')
export class UsersController {
  constructor(
    private readonly commands: ScimCommands,
    private readonly creates: Creates,
  ) {}

  @Get()
  async list(@Scimmed() call: ScimCall, @Res() reply: FastifyReply): Promise<void> {
    const query = listQuery(call.query);
    const { items, totalResults } = await this.commands.read('users.list', call, query);
    const resources = items.map((user) => userResource(user, call));
    sendScim(reply, 200, listResponse(resources, { totalResults, startIndex: query.startIndex }));
  }

  @Get(':id')
  async get(@Scimmed() call: ScimCall, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const user = await this.commands.read('users.get', call, { id: knownId('user', id) });
    sendScim(reply, 200, userResource(user, call));
  }

  @Post()
  async create(@Scimmed() call: ScimCall, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const user = await this.creates.createUser(call, parseResource(call.types.User, body));
    reply.header('location', `${call.baseUrl}/Users/${user.id}`);
    sendScim(reply, 201, userResource(user, call));
  }

  @Put(':id')
  async replace(
    @Scimmed() call: ScimCall,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const data = { id: knownId('user', id), attributes: parseResource(call.types.User, body) };
    const user = await this.commands.write('users.replace', call, data, { urgent: mayDeactivate('PUT', body) });
    sendScim(reply, 200, userResource(user, call));
  }

  @Patch(':id')
  async patch(
    @Scimmed() call: ScimCall,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const data = { id: knownId('user', id), operations: parsePatch(body) };
    const user = await this.commands.write('users.patch', call, data, { urgent: mayDeactivate('PATCH', body) });
    sendScim(reply, 200, userResource(user, call));
  }

  @Delete(':id')
  async remove(@Scimmed() call: ScimCall, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.commands.write('users.delete', call, { id: knownId('user', id) }, { urgent: true });
    sendNothing(reply);
  }
}
