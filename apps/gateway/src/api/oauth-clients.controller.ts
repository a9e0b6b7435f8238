import { Body, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { Needs } from '../callers/access.decorator.js';
import { Call, type HttpCall } from '../callers/call.js';
import { type ClientSecret, redirectUrisOf } from '../oauth/oauth-clients.queries.js';
import { type ClientWithSecrets, OAuthClients } from '../oauth/oauth-clients.service.js';
import { Api, Id } from './api.decorator.js';
import { withoutAbsent } from './dto/flow-settings.js';
import {
  type ClientSecretView,
  CreateOAuthClient,
  CreateSecret,
  NewClientSecretView,
  NewOAuthClientView,
  OAuthClientView,
  UpdateOAuthClient,
} from './dto/oauth-clients.dto.js';
import { causeOfCall } from './known-caller.js';

@Api('integrations/:integrationId/oauth-client', 'oauth-client')
export class OAuthClientsController {
  constructor(private readonly clients: OAuthClients) {}

  @Post()
  @Needs('tokens:write', { stepUp: true })
  @ApiCreatedResponse({ type: NewOAuthClientView })
  async create(
    @Id('integrationId') integrationId: string,
    @Body() body: CreateOAuthClient,
    @Call() call: HttpCall,
  ): Promise<NewOAuthClientView> {
    const { appName = null, redirectUris = [], ...given } = body;
    const { actor } = causeOfCall(call, integrationId);
    const settings = { appName, redirectUris };
    const { clientSecret, ...client } = await this.clients.create(integrationId, settings, given, actor);
    return { ...view(client, integrationId, call), clientSecret };
  }

  @Get()
  @Needs('integrations:read')
  @ApiOkResponse({ type: OAuthClientView })
  async get(@Id('integrationId') integrationId: string, @Call() call: HttpCall): Promise<OAuthClientView> {
    return view(await this.clients.get(integrationId), integrationId, call);
  }

  @Patch()
  @Needs('tokens:write', { stepUp: true })
  @ApiOkResponse({ type: OAuthClientView })
  async update(
    @Id('integrationId') integrationId: string,
    @Body() body: UpdateOAuthClient,
    @Call() call: HttpCall,
  ): Promise<OAuthClientView> {
    const { actor } = causeOfCall(call, integrationId);
    return view(await this.clients.update(integrationId, withoutAbsent(body), actor), integrationId, call);
  }

  @Delete()
  @Needs('tokens:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@Id('integrationId') integrationId: string): Promise<void> {
    await this.clients.remove(integrationId);
  }

  @Post('secrets')
  @Needs('tokens:write', { stepUp: true })
  @ApiCreatedResponse({ type: NewClientSecretView })
  async addSecret(
    @Id('integrationId') integrationId: string,
    @Body() body: CreateSecret,
    @Call() call: HttpCall,
  ): Promise<NewClientSecretView> {
    const { clientSecret, ...secret } = await this.clients.addSecret(
      integrationId,
      body.clientSecret,
      causeOfCall(call, integrationId).actor,
    );
    return { ...secretView(secret), clientSecret };
  }

  @Delete('secrets/:secretId')
  @Needs('tokens:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  async revokeSecret(@Id('integrationId') integrationId: string, @Id('secretId') secretId: string): Promise<void> {
    await this.clients.revokeSecret(integrationId, secretId);
  }
}

function view(client: ClientWithSecrets, integrationId: string, { origin }: HttpCall): OAuthClientView {
  const { clientId, grantType, appName, createdAt, lastUsedAt, secrets, createdBy, updatedBy } = client;
  return {
    clientId,
    grantType,
    appName,
    redirectUris: redirectUrisOf(client),
    secrets: secrets.map(secretView),
    authorizeUrl: `${origin}/oauth/${integrationId}/authorize`,
    tokenUrl: `${origin}/oauth/${integrationId}/token`,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    createdBy,
    updatedBy,
  };
}

const secretView = ({ id, hint, createdAt, createdBy }: ClientSecret): ClientSecretView => ({
  id,
  hint,
  createdAt: createdAt.toISOString(),
  createdBy,
});
