import { Body, Delete, Get, Patch, Post } from '@nestjs/common';
import { type NamedActor } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { type ClientSecret, redirectUrisOf } from '../../oauth/oauth-clients.queries.js';
import { type ClientWithSecrets, OAuthClients } from '../../oauth/oauth-clients.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { withoutAbsent } from '../common/without-absent.js';
import {
  type ClientSecretView,
  CreateOAuthClient,
  CreateSecret,
  NewClientSecretView,
  NewOAuthClientView,
  OAuthClientView,
  UpdateOAuthClient,
} from './oauth-clients.dto.js';
import { causeOfCall } from '../common/known-caller.js';
import { type NameActor, UserNames } from '../common/user-names.service.js';

@Api('integrations/:integrationId/oauth-client', 'oauth-client')
export class OAuthClientsController {
  constructor(
    private readonly clients: OAuthClients,
    private readonly userNames: UserNames,
  ) {}

  @Post()
  @Needs('tokens:write', { stepUp: true })
  @Operation('createOAuthClient', 'Create the OAuth client', {
    description: 'An integration can have one OAuth client. The response contains the secret, only this once.',
    returns: NewOAuthClientView,
    status: 201,
    conflict: 'The integration already has an OAuth client. Change it, or delete it first.',
  })
  async create(
    @Id('integrationId') integrationId: string,
    @Body() body: CreateOAuthClient,
    @Call() call: HttpCall,
  ): Promise<NewOAuthClientView> {
    const { appName = null, redirectUris = [], ...given } = body;
    const { actor } = causeOfCall(call, integrationId);
    const settings = { appName, redirectUris };
    const client = await this.clients.create(integrationId, settings, given, actor);
    return { ...(await this.shown(client, integrationId, call)), clientSecret: client.clientSecret };
  }

  @Get()
  @Needs('integrations:read')
  @Operation('getOAuthClient', 'Get the OAuth client', {
    description: 'Without its secrets.',
    returns: OAuthClientView,
  })
  async get(@Id('integrationId') integrationId: string, @Call() call: HttpCall): Promise<OAuthClientView> {
    return this.shown(await this.clients.get(integrationId), integrationId, call);
  }

  @Patch()
  @Needs('tokens:write', { stepUp: true })
  @Operation('updateOAuthClient', 'Change the OAuth client', {
    description: 'Changes the given fields.',
    returns: OAuthClientView,
  })
  async update(
    @Id('integrationId') integrationId: string,
    @Body() body: UpdateOAuthClient,
    @Call() call: HttpCall,
  ): Promise<OAuthClientView> {
    const { actor } = causeOfCall(call, integrationId);
    return this.shown(await this.clients.update(integrationId, withoutAbsent(body), actor), integrationId, call);
  }

  @Delete()
  @Needs('tokens:write')
  @Operation('deleteOAuthClient', 'Delete the OAuth client', {
    description: 'Also revokes its secrets and tokens.',
  })
  async remove(@Id('integrationId') integrationId: string): Promise<void> {
    await this.clients.remove(integrationId);
  }

  @Post('secrets')
  @Needs('tokens:write', { stepUp: true })
  @Operation('addClientSecret', 'Add a secret to the OAuth client', {
    description: 'For a rotation: both secrets are valid until one is revoked. The secret is returned only this once.',
    returns: NewClientSecretView,
    status: 201,
    conflict: 'The client already has this secret, or the maximum number of secrets. Revoke one first.',
  })
  async addSecret(
    @Id('integrationId') integrationId: string,
    @Body() body: CreateSecret,
    @Call() call: HttpCall,
  ): Promise<NewClientSecretView> {
    const { actor } = causeOfCall(call, integrationId);
    const secret = await this.clients.addSecret(integrationId, body.clientSecret, actor);
    const named = await this.userNames.ofActors([{ integrationId, actors: [secret.createdBy] }], call);
    return { ...secretView(secret, named(integrationId, secret.createdBy)), clientSecret: secret.clientSecret };
  }

  @Delete('secrets/:secretId')
  @Needs('tokens:write')
  @Operation('revokeClientSecret', 'Revoke a secret of the OAuth client', {
    description: 'The client can no longer authenticate with the secret.',
  })
  async revokeSecret(@Id('integrationId') integrationId: string, @Id('secretId') secretId: string): Promise<void> {
    await this.clients.revokeSecret(integrationId, secretId);
  }

  private async shown(client: ClientWithSecrets, integrationId: string, call: HttpCall): Promise<OAuthClientView> {
    const { createdBy, updatedBy, secrets } = client;
    const actors = [createdBy, updatedBy, ...secrets.map((secret) => secret.createdBy)];
    return view(client, integrationId, call, await this.userNames.ofActors([{ integrationId, actors }], call));
  }
}

function view(
  client: ClientWithSecrets,
  integrationId: string,
  { origin }: HttpCall,
  named: NameActor,
): OAuthClientView {
  const { clientId, grantType, appName, createdAt, lastUsedAt, secrets, createdBy, updatedBy } = client;
  return {
    clientId,
    grantType,
    appName,
    redirectUris: redirectUrisOf(client),
    secrets: secrets.map((secret) => secretView(secret, named(integrationId, secret.createdBy))),
    authorizeUrl: `${origin}/oauth/${integrationId}/authorize`,
    tokenUrl: `${origin}/oauth/${integrationId}/token`,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    createdBy: named(integrationId, createdBy),
    updatedBy: named(integrationId, updatedBy),
  };
}

const secretView = ({ id, hint, createdAt }: ClientSecret, createdBy: NamedActor | null): ClientSecretView => ({
  id,
  hint,
  createdAt: createdAt.toISOString(),
  createdBy,
});
