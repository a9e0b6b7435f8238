import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { Public } from '@tidegate/runtime';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { accessOf, StepUpNeeded } from '../callers/access.rule.js';
import { KEY_ISSUER, type Person } from '../callers/caller.js';
import { loginPath, Principals, requireCsrfToken } from '../auth/principals.service.js';
import { covers } from '../callers/roles.js';
import { LOGGER } from '../config/config.js';
import { seeOther, sendPage } from '../http/html.pages.js';
import { type IntegrationEntity } from '../integrations/integration.entity.js';
import { findIntegration } from '../integrations/integrations.queries.js';
import { OAuthProviders } from './oauth-providers.service.js';
import { consentPage, errorPage } from './consent.pages.js';
import { SCOPES } from './provider.js';
import { providerRequest } from './provider-request.js';
import Provider, { errors } from 'oidc-provider';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** A consent request and the person who decides it. */
interface ConsentRequest {
  provider: Provider;
  interaction: Interaction;
  integration: Pick<IntegrationEntity, 'id' | 'name'> & { domain: string };
  person: Person;
}

/**
 * The page on which an administrator approves the access of Okta. Public, because it redirects to the login; it shows and
 * grants nothing before the login.
 */
@Public()
@ApiExcludeController()
@Controller('oauth/:integrationId/interaction/:uid')
export class ConsentController {
  constructor(
    private readonly providers: OAuthProviders,
    private readonly principals: Principals,
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const consent = await this.consentRequest(request, reply);
    if (!consent) return;
    const { integration, person, interaction } = consent;
    const redirectUri = String(interaction.params['redirect_uri']);
    const administrator = person.issuer === KEY_ISSUER ? 'an API key' : person.subject;
    sendPage(reply, 200, consentPage({ integration, administrator, redirectUri, csrfToken: person.csrfToken }));
  }

  @Post()
  async decide(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const consent = await this.consentRequest(request, reply);
    if (!consent) return;
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    requireCsrfToken(consent.person, form.get('csrfToken'));
    const approved = form.get('decision') === 'approve';
    const { issuer } = consent.provider;
    const result = approved ? await approval(consent) : CANCELLED;
    const returnTo = await consent.provider.interactionResult(forProvider(request, issuer), reply.raw, result);
    const { id: integrationId } = consent.integration;
    this.logger.info(
      { integrationId, approved, sessionId: consent.person.sessionId, requestId: request.id },
      'OAuth consent decided',
    );
    seeOther(reply, returnTo);
  }

  /** @returns undefined when the response was sent: a redirect to the login, or an error page */
  private async consentRequest(request: FastifyRequest, reply: FastifyReply): Promise<ConsentRequest | undefined> {
    const provider = this.providers.providerFor(request);
    const interaction = await this.interaction(provider, request, reply);
    const { integrationId, uid } = request.params as { integrationId: string; uid: string };
    if (interaction?.uid !== uid) {
      sendPage(reply, 400, errorPage('This page was opened in another browser, or has expired.'));
      return undefined;
    }
    const person = await this.principals.principalOf(request);
    const canDecide = person && canApprove(person, integrationId, request.receivedAt);
    if (!canDecide) {
      const { pathname } = new URL(`${provider.issuer}/interaction/${uid}`);
      seeOther(reply, loginPath(pathname, person !== undefined));
      return undefined;
    }
    const integration = await this.database.inIntegration(integrationId, (tx) => findIntegration(tx, integrationId));
    if (!integration) throw new Refusal('notFound', 'This integration no longer exists.');
    // Only Okta uses this flow, and its integrations have a domain.
    const { id, name, domain } = integration;
    return { provider, interaction, integration: { id, name, domain: domain ?? '' }, person };
  }

  /** @returns the pending interaction of this browser, or undefined without one */
  private async interaction(
    provider: Provider,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Interaction | undefined> {
    try {
      return await provider.interactionDetails(forProvider(request, provider.issuer), reply.raw);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return undefined;
      throw error;
    }
  }
}

/**
 * Connecting Okta issues a credential, so it requires the same scope as creating a token.
 * @returns false when the login is too old
 * @throws Refusal `notAllowed`
 */
function canApprove(person: Person, integrationId: string, now: number): boolean {
  try {
    const { reach } = accessOf(person, { scope: 'tokens:write', stepUp: true }, now);
    if (covers(reach, integrationId)) return true;
  } catch (error) {
    if (error instanceof StepUpNeeded) return false;
  }
  throw new Refusal('notAllowed', 'Only an administrator of this integration can connect it. Log in as one.');
}

const CANCELLED = { error: 'access_denied', error_description: 'The administrator denied access.' };

async function approval({ provider, interaction, integration }: ConsentRequest) {
  const grant = new provider.Grant({ accountId: integration.id, clientId: String(interaction.params['client_id']) });
  grant.addOIDCScope(SCOPES.join(' '));
  return { login: { accountId: integration.id, remember: false }, consent: { grantId: await grant.save() } };
}

const forProvider = (request: FastifyRequest, issuer: string) => providerRequest(request, issuer, '/interaction');
