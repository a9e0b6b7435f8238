import { Body, Controller, Post, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { Scim } from '../callers/access.decorator.js';
import { Bulk } from './bulk.service.js';
import { sendResponse } from './reply.js';
import { type ScimCall, GetScimCall } from './scim-call.js';

/** Bulk requests (RFC 7644 §3.7). */
@Scim()
@Controller('scim/v2/:integrationId/Bulk')
export class BulkController {
  constructor(private readonly bulk: Bulk) {}

  @Post()
  async run(@GetScimCall() call: ScimCall, @Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendResponse(reply, await this.bulk.run(call, body));
  }
}
