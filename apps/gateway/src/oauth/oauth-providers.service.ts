import { Inject, Injectable } from '@nestjs/common';
import { isId, Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import { LOGGER } from '../config.js';
import { Secrets } from '../secrets/secrets.service.js';
import { OAuthClients } from './oauth-clients.service.js';
import { providerFor } from './provider.js';

/** Makes the authorization server that a request asks. */
@Injectable()
export class OAuthProviders {
  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly clients: OAuthClients,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws Refusal `notFound` when the path names nothing that can be an integration, or the host is none */
  of(request: FastifyRequest): Provider {
    const { issuer, integrationId } = this.issuerOf(request);
    const { database, secrets, clients, logger } = this;
    const { network } = request;
    return providerFor(issuer, integrationId, { database, secrets, clients, logger, network });
  }

  /** @throws as `of` */
  issuerOf({ params, origin }: FastifyRequest): { issuer: string; integrationId: string } {
    const { integrationId } = params as { integrationId?: unknown };
    const issuer = `${origin}/oauth/${String(integrationId)}`;
    if (!isId(integrationId) || !URL.canParse(issuer) || new URL(issuer).href !== issuer)
      throw new Refusal('notFound', 'There is nothing at this address.');
    return { issuer, integrationId };
  }

  /** Leaves the answer to the provider, which writes it to the socket, with the headers that every answer has. */
  handOver(reply: FastifyReply): void {
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
  }
}
