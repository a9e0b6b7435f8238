import { Inject, Injectable } from '@nestjs/common';
import { BEFORE_ALL, isId, Refusal } from '@tidegate/contracts';
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

  /**
   * @param orUnknown whether a malformed integration id is handled as that of an unknown integration
   * @throws Refusal `notFound` for a malformed integration id or an invalid host
   */
  providerFor(request: FastifyRequest, orUnknown = false): Provider {
    const { issuer, integrationId } = this.issuerOf(request, orUnknown);
    const { database, secrets, clients, logger } = this;
    const { network } = request;
    return createProvider(issuer, integrationId, { database, secrets, clients, logger, network });
  }

  /** @throws as `providerFor` */
  issuerOf({ params, origin }: FastifyRequest, orUnknown = false): { issuer: string; integrationId: string } {
    const given = (params as { integrationId?: unknown }).integrationId;
    // No integration has the id BEFORE_ALL.
    const integrationId = orUnknown && !isId(given) ? BEFORE_ALL : given;
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
