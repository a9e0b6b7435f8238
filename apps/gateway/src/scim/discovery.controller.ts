import { Controller, Get, Param, Res } from '@nestjs/common';
import {
  type AuthenticationScheme,
  resourceTypeByName,
  resourceTypesList,
  schemaById,
  schemasList,
  type ScimAttributes,
  ScimError,
  serviceProviderConfig,
} from '@tidegate/scim';
import { type FastifyReply } from 'fastify';
import { Scim } from '../callers/access.decorator.js';
import { sendScim } from './reply.js';
import { type ScimCall, GetScimCall } from './scim-call.js';

/** Authentication schemes, the preferred first. */
const SCHEMES: readonly AuthenticationScheme[] = ['oauthbearertoken', 'oauth2'];

/** Discovery endpoints (RFC 7644 §4). They ignore sorting, paging and projection, and refuse filters. */
@Scim()
@Controller('scim/v2/:integrationId')
export class DiscoveryController {
  @Get('ServiceProviderConfig')
  config(@GetScimCall() call: ScimCall, @Res() reply: FastifyReply): void {
    send(reply, call, serviceProviderConfig(call.baseUrl, SCHEMES));
  }

  @Get('Schemas')
  schemas(@GetScimCall() call: ScimCall, @Res() reply: FastifyReply): void {
    send(reply, call, schemasList(call.types, call.baseUrl));
  }

  @Get('Schemas/:id')
  schema(@GetScimCall() call: ScimCall, @Param('id') id: string, @Res() reply: FastifyReply): void {
    send(reply, call, schemaById(call.types, id, call.baseUrl));
  }

  @Get('ResourceTypes')
  resourceTypes(@GetScimCall() call: ScimCall, @Res() reply: FastifyReply): void {
    send(reply, call, resourceTypesList(call.types, call.baseUrl));
  }

  @Get('ResourceTypes/:name')
  resourceType(@GetScimCall() call: ScimCall, @Param('name') name: string, @Res() reply: FastifyReply): void {
    send(reply, call, resourceTypeByName(call.types, name, call.baseUrl));
  }
}

/** Refuses filters, because clients would take the response as filtered (RFC 7644 §4). */
function send(reply: FastifyReply, { query }: ScimCall, body: ScimAttributes | undefined): void {
  if (query['filter'] !== undefined)
    throw new ScimError('forbidden', 'Discovery endpoints do not support filters. Remove the filter.');
  if (!body) throw new ScimError('notFound', 'No such schema or resource type.');
  sendScim(reply, 200, body);
}
