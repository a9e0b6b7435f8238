import { Inject, Injectable } from '@nestjs/common';
import { isId, Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import { LOGGER } from '../config/config.js';
import { Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';
import { OAuthClients } from './oauth-clients.service.js';
import { createProvider } from './provider.js';

/** Creates the authorization server for a request. */
@Injectable()
export class OAuthProviders {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets<Purpose>,
    private readonly clients: OAuthClients,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws Refusal `notFound` for a malformed integration id or an invalid host */
  providerFor(request: FastifyRequest): Provider {
    const { issuer, integrationId } = this.issuerOf(request);
    const { database, secrets, clients, logger } = this;
    const { network } = request;
    return createProvider(issuer, integrationId, { database, secrets, clients, logger, network });
  }

  /** @throws as `providerFor` */
  issuerOf({ params, origin }: FastifyRequest): { issuer: string; integrationId: string } {
    const { integrationId } = params as { integrationId?: unknown };
    const issuer = `${origin}/oauth/${String(integrationId)}`;
    if (!isId(integrationId) || !URL.canParse(issuer) || new URL(issuer).href !== issuer)
      throw new Refusal('notFound', 'Not found.');
    return { issuer, integrationId };
  }

  /** Lets the provider write the response to the socket, with the common headers. */
  hijack(reply: FastifyReply): void {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
  }
}
