import { type IncomingMessage } from 'node:http';
import { Controller, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { Public } from '@tidegate/runtime';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { metadataOf } from './metadata.js';
import { PAGES } from './oauth-error.js';
import { OAuthProviders } from './oauth-providers.service.js';
import { type Endpoint, protocolRequest, providerRequest } from './provider-request.js';

/**
 * The OAuth 2.0 authorization server of each integration (RFC 6749, 7009, 7636, 8414). Public, because the protocol itself
 * authenticates clients and requires the consent of an administrator.
 */
@Public()
@Controller()
export class OAuthController {
  constructor(private readonly providers: OAuthProviders) {}

  @Get('oauth/:integrationId/authorize')
  authorize(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.endpoint('/authorize', request, reply);
  }

  /** The redirect target after the consent. */
  @Get('oauth/:integrationId/authorize/:uid')
  resume(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { uid } = request.params as { uid: string };
    const path = `/authorize/${encodeURIComponent(uid)}`;
    return this.respond(request, reply, (issuer) => providerRequest(request, issuer, path));
  }

  @Post('oauth/:integrationId/token')
  @HttpCode(200)
  token(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.endpoint('/token', request, reply);
  }

  @Post('oauth/:integrationId/revoke')
  @HttpCode(200)
  revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.endpoint('/revoke', request, reply);
  }

  @Get([
    'oauth/:integrationId/.well-known/oauth-authorization-server',
    '.well-known/oauth-authorization-server/oauth/:integrationId',
  ])
  @Header('content-type', 'application/json; charset=utf-8')
  metadata(@Req() request: FastifyRequest): object {
    return metadataOf(this.providers.issuerOf(request).issuer);
  }

  private endpoint(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.respond(request, reply, (issuer) => protocolRequest(request, issuer, endpoint));
  }

  private async respond(
    request: FastifyRequest,
    reply: FastifyReply,
    create: (issuer: string) => IncomingMessage,
  ): Promise<void> {
    const provider = this.providers.providerFor(request, PAGES.test(request.routeOptions.url ?? ''));
    const forProvider = create(provider.issuer);
    this.providers.hijack(reply);
    await provider.callback()(forProvider, reply.raw);
  }
}
