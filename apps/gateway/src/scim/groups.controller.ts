import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put, Res } from '@nestjs/common';
import { type GroupRecord } from '@tidegate/contracts';
import { type Logger } from '@tidegate/observability';
import { parsePatch, parseResource, wantsAttribute } from '@tidegate/scim';
import { type FastifyReply } from 'fastify';
import { Scim } from '../auth/access.decorator.js';
import { LOGGER } from '../config.js';
import { Creates } from './creates.service.js';
import { groupListText, groupText, isInParts, type NextMembers } from './group-text.js';
import { knownId } from './known-id.js';
import { listQuery } from './list-query.rule.js';
import { SCIM_TYPE, sendNothing } from './reply.js';
import { type ScimCall, Scimmed } from './scim-call.js';
import { ScimCommands } from './scim-commands.service.js';

/** Members in one page of a streamed answer. */
const MEMBER_PAGE = 1000;
/** A PATCH of a bigger group is answered without a body: Okta and Entra ID patch often and read nothing of it. */
const SHOWN_AFTER_PATCH = 500;

/** Groups over SCIM. Big ones are answered page by page, as the caller reads. */
@Scim()
@Controller('scim/v2/:integrationId/Groups')
export class GroupsController {
  constructor(
    private readonly commands: ScimCommands,
    private readonly creates: Creates,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get()
  async list(@Scimmed() call: ScimCall, @Res() reply: FastifyReply): Promise<void> {
    const query = listQuery(call.query);
    const withMembers = wantsAttribute(call.types.Group, 'members', call.projection);
    const found = await this.commands.read('groups.list', call, { ...query, withMembers });
    const inParts = found.items.some((group) => isInParts(group, call));
    await this.send(reply, 200, groupListText(found, query, call, this.nextMembers(call)), inParts);
  }

  @Get(':id')
  async get(@Scimmed() call: ScimCall, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const withMembers = wantsAttribute(call.types.Group, 'members', call.projection);
    const group = await this.commands.read('groups.get', call, { id: knownId('group', id), withMembers });
    await this.sendGroup(reply, 200, group, call);
  }

  @Post()
  async create(@Scimmed() call: ScimCall, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    const group = await this.creates.createGroup(call, parseResource(call.types.Group, body));
    reply.header('location', `${call.baseUrl}/Groups/${group.id}`);
    await this.sendGroup(reply, 201, group, call);
  }

  @Put(':id')
  async replace(
    @Scimmed() call: ScimCall,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const data = { id: knownId('group', id), attributes: parseResource(call.types.Group, body) };
    await this.sendGroup(reply, 200, await this.commands.write('groups.replace', call, data), call);
  }

  @Patch(':id')
  async patch(
    @Scimmed() call: ScimCall,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const data = { id: knownId('group', id), operations: parsePatch(body) };
    const group = await this.commands.write('groups.patch', call, data);
    const small = group.nextMember === null && group.members.length <= SHOWN_AFTER_PATCH;
    if (small || call.projection.attributes !== undefined) await this.sendGroup(reply, 200, group, call);
    else sendNothing(reply);
  }

  @Delete(':id')
  async remove(@Scimmed() call: ScimCall, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.commands.write('groups.delete', call, { id: knownId('group', id) }, { urgent: true });
    sendNothing(reply);
  }

  private sendGroup(reply: FastifyReply, status: number, group: GroupRecord, call: ScimCall): Promise<void> {
    return this.send(reply, status, groupText(group, call, this.nextMembers(call)), isInParts(group, call));
  }

  /** As one text when all of it is there, else as a stream that asks for more as fast as it is read. */
  private async send(
    reply: FastifyReply,
    status: number,
    pieces: AsyncGenerator<string>,
    inParts: boolean,
  ): Promise<void> {
    reply.status(status).type(SCIM_TYPE);
    if (inParts) {
      const stream = Readable.from(pieces);
      stream.once('error', (error) => this.logger.warn({ err: error }, 'A long answer broke off'));
      reply.send(stream);
      return;
    }
    let text = '';
    for await (const piece of pieces) text += piece;
    reply.send(text);
  }

  private nextMembers(call: ScimCall): NextMembers {
    return (id, after) => this.commands.readOn('groups.members', call, { id, after, limit: MEMBER_PAGE });
  }
}
