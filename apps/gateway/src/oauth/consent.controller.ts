import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { type Logger, Public } from '@tidegate/observability';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { accessOf, StepUpNeeded } from '../auth/access.rule.js';
import { KEY_ISSUER, type Person } from '../auth/caller.js';
import { loginPath, Principals, requireCsrfToken } from '../auth/principals.service.js';
import { covers } from '../auth/roles.js';
import { LOGGER } from '../config.js';
import { sendPage } from '../http/page.js';
import { findIntegration, type Integration } from '../integrations/integrations.queries.js';
import { OAuthProviders } from './oauth-providers.service.js';
import { consentPage, errorPage } from './consent.pages.js';
import { SCOPES } from './provider.js';
import { providerRequest } from './provider-request.js';
import Provider, { errors } from 'oidc-provider';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** A request for consent, and who is to decide it. */
interface Asked {
  provider: Provider;
  interaction: Interaction;
  integration: Pick<Integration, 'id' | 'name'> & { domain: string };
  person: Person;
}

/**
 * Where an administrator decides whether Okta gets in. Declared open, since a stranger is sent to log in; nothing is shown
 * or granted before that.
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
    const asked = await this.asked(request, reply);
    if (!asked) return;
    const { integration, person, interaction } = asked;
    const redirectUri = String(interaction.params['redirect_uri']);
    const administrator = person.issuer === KEY_ISSUER ? 'the holder of an API key' : person.subject;
    sendPage(reply, 200, consentPage({ integration, administrator, redirectUri, csrfToken: person.csrfToken }));
  }

  @Post()
  async decide(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const asked = await this.asked(request, reply);
    if (!asked) return;
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    requireCsrfToken(asked.person, form.get('csrfToken'));
    const approved = form.get('decision') === 'approve';
    const { issuer } = asked.provider;
    const result = approved ? await approval(asked) : CANCELLED;
    const returnTo = await asked.provider.interactionResult(forProvider(request, issuer), reply.raw, result);
    const { id: integrationId } = asked.integration;
    this.logger.info(
      { integrationId, approved, sessionId: asked.person.sessionId, requestId: request.id },
      'An OAuth consent',
    );
    seeOther(reply, returnTo);
  }

  /** @returns undefined when it was answered: by the way to the login, or by a page that says what is wrong */
  private async asked(request: FastifyRequest, reply: FastifyReply): Promise<Asked | undefined> {
    const provider = this.providers.of(request);
    const interaction = await this.interaction(provider, request, reply);
    const { integrationId, uid } = request.params as { integrationId: string; uid: string };
    if (interaction?.uid !== uid) {
      sendPage(reply, 400, errorPage('This page belongs to another browser, or was open for too long.'));
      return undefined;
    }
    const person = await this.principals.principalOf(request);
    const fresh = person && mayApprove(person, integrationId, request.receivedAt);
    if (!fresh) {
      const { pathname } = new URL(`${provider.issuer}/interaction/${uid}`);
      seeOther(reply, loginPath(pathname, person !== undefined));
      return undefined;
    }
    const integration = await this.database.transaction({ integrationIds: [integrationId] }, (tx) =>
      findIntegration(tx, integrationId),
    );
    if (!integration) throw new Refusal('notFound', 'This integration is not there any more.');
    // Only Okta's clients come here, and the integrations of Okta have a domain.
    const { id, name, domain } = integration;
    return { provider, interaction, integration: { id, name, domain: domain ?? '' }, person };
  }

  /** @returns what this browser is asked, or undefined when it is asked nothing */
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
 * Connecting Okta gives out a credential, so it asks for what making a token asks for.
 * @returns false when the login is too old for that
 * @throws Refusal `notAllowed`
 */
function mayApprove(person: Person, integrationId: string, now: number): boolean {
  try {
    const { reach } = accessOf(person, { scope: 'tokens:write', stepUp: true }, now);
    if (covers(reach, integrationId)) return true;
  } catch (error) {
    if (error instanceof StepUpNeeded) return false;
  }
  throw new Refusal('notAllowed', 'Only an administrator of this integration may connect it.');
}

const CANCELLED = { error: 'access_denied', error_description: 'The administrator did not approve.' };

async function approval({ provider, interaction, integration }: Asked) {
  const grant = new provider.Grant({ accountId: integration.id, clientId: String(interaction.params['client_id']) });
  grant.addOIDCScope(SCOPES.join(' '));
  return { login: { accountId: integration.id, remember: false }, consent: { grantId: await grant.save() } };
}

const forProvider = (request: FastifyRequest, issuer: string) => providerRequest(request, issuer, '/interaction');

function seeOther(reply: FastifyReply, location: string): void {
  reply.status(303).header('location', location).send();
}
