import { Controller, Get, Param, Res } from '@nestjs/common';
import {
  resourceTypeByName,
  resourceTypesList,
  schemaById,
  schemasList,
  type ScimAttributes,
  ScimError,
  serviceProviderConfig,
} from '@tidegate/scim';
import { type FastifyReply } from 'fastify';
import { Scim } from '../auth/access.decorator.js';
import { sendScim } from './reply.js';
import { type ScimCall, Scimmed } from './scim-call.js';

/** What this server can do (RFC 7644 §4). */
@Scim()
@Controller('scim/v2/:integrationId')
export class DiscoveryController {
  @Get('ServiceProviderConfig')
  config(@Scimmed() { baseUrl }: ScimCall, @Res() reply: FastifyReply): void {
    sendScim(reply, 200, serviceProviderConfig(baseUrl));
  }

  @Get('Schemas')
  schemas(@Scimmed() { baseUrl }: ScimCall, @Res() reply: FastifyReply): void {
    sendScim(reply, 200, schemasList(baseUrl));
  }

  @Get('Schemas/:id')
  schema(@Scimmed() { baseUrl }: ScimCall, @Param('id') id: string, @Res() reply: FastifyReply): void {
    sendScim(reply, 200, found('schema', schemaById(id, baseUrl)));
  }

  @Get('ResourceTypes')
  resourceTypes(@Scimmed() { baseUrl }: ScimCall, @Res() reply: FastifyReply): void {
    sendScim(reply, 200, resourceTypesList(baseUrl));
  }

  @Get('ResourceTypes/:name')
  resourceType(@Scimmed() { baseUrl }: ScimCall, @Param('name') name: string, @Res() reply: FastifyReply): void {
    sendScim(reply, 200, found('resource type', resourceTypeByName(name, baseUrl)));
  }
}

function found(what: string, answer: ScimAttributes | undefined): ScimAttributes {
  if (!answer) throw new ScimError('notFound', `There is no such ${what}.`);
  return answer;
}
