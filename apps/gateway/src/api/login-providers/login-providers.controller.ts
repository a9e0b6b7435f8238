import { Body, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { type LoginProvider } from '../../login/login-providers.queries.js';
import { LoginProviders } from '../../login/login-providers.service.js';
import { callbackPath } from '../../login/openid-login.controller.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { IntegrationNames } from '../../integrations/integration-names.service.js';
import { Api, Id, LAST_ADMINISTRATOR, Operation } from '../common/api.decorator.js';
import { Audit } from '../common/audit.service.js';
import { integrationRefs } from '../common/integration-ref.dto.js';
import { withoutAbsent } from '../common/without-absent.js';
import {
  CreateLoginProvider,
  LoginProviderView,
  ProviderConfirmation,
  UpdateLoginProvider,
} from './login-providers.dto.js';
import { causeOfCall } from '../common/known-caller.js';

/** Login providers. They are global, so callers need their scope for all integrations. */
@Api('login-providers')
export class LoginProvidersController {
  constructor(
    private readonly providers: LoginProviders,
    private readonly audit: Audit,
    private readonly names: IntegrationNames,
  ) {}

  @Post()
  @Needs('login:write', { everywhere: true, stepUp: true })
  @Operation('createLoginProvider', 'Create a login provider', {
    description: 'People can then log in with it. Register the `redirectUri` of the response at the provider.',
    returns: LoginProviderView,
    status: 201,
    conflict: 'This issuer already has a login provider, or one of the integrations has another login provider.',
  })
  async create(@Body() body: CreateLoginProvider, @Call() call: HttpCall): Promise<LoginProviderView> {
    const { issuer, clientId, clientSecret, label, integrationIds = [] } = body;
    const settings = { issuer, clientId, clientSecret, label, integrationIds };
    const created = await this.providers.create(settings, causeOfCall(call).actor);
    this.audit.note(call, 'Login provider added', { providerId: created.id });
    return this.shown(created, call);
  }

  @Get()
  @Needs('login:read', { everywhere: true })
  @Operation('listLoginProviders', 'List login providers', {
    description: 'Without their secrets. All login providers are on one page.',
    page: LoginProviderView,
  })
  async list(@Call() call: HttpCall): Promise<Page<LoginProviderView>> {
    const providers = await this.providers.list();
    const names = await this.names.of(providers.flatMap(({ integrationIds }) => integrationIds));
    return { items: providers.map((provider) => view(provider, call, names)), nextCursor: null };
  }

  @Get(':id')
  @Needs('login:read', { everywhere: true })
  @Operation('getLoginProvider', 'Get a login provider', {
    description: 'The client secret is never returned.',
    returns: LoginProviderView,
  })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<LoginProviderView> {
    return this.shown(await this.providers.get(id), call);
  }

  @Patch(':id')
  @Needs('login:write', { everywhere: true, stepUp: true })
  @Operation('updateLoginProvider', 'Change a login provider', {
    description:
      'Changes the given fields. The issuer cannot be changed. Without an integration, its users can no longer log in with ' +
      'the provider, roles that its directory can end are not effective, and API keys that depend on them stop. If there ' +
      'are any, it requires the label of the provider in `confirm`.',
    returns: LoginProviderView,
    conflict:
      `One of the integrations already has a login provider. Or: ${LAST_ADMINISTRATOR} Or: this would end logins or ` +
      'roles or stop API keys, and `confirm` is not the label.',
  })
  async update(
    @Id() id: string,
    @Body() { confirm, ...settings }: UpdateLoginProvider,
    @Call() call: HttpCall,
  ): Promise<LoginProviderView> {
    const changed = await this.providers.update(id, withoutAbsent(settings), confirm, causeOfCall(call).actor);
    this.audit.note(call, 'Login provider changed', { providerId: id });
    return this.shown(changed, call);
  }

  @Delete(':id')
  @Needs('login:write', { everywhere: true, stepUp: true })
  @Operation('deleteLoginProvider', 'Delete a login provider', {
    description:
      'Ends the sessions and roles of its people. The API keys that they created stop. If there are any, it requires the ' +
      'label of the provider in `confirm`.',
    conflict: `${LAST_ADMINISTRATOR} Or: this would end sessions, roles or API keys, and \`confirm\` is not the label.`,
  })
  async remove(@Id() id: string, @Query() { confirm }: ProviderConfirmation, @Call() call: HttpCall): Promise<void> {
    await this.providers.remove(id, confirm);
    this.audit.note(call, 'Login provider removed', { providerId: id });
  }

  private async shown(provider: LoginProvider, call: HttpCall): Promise<LoginProviderView> {
    return view(provider, call, await this.names.of(provider.integrationIds));
  }
}

/** Copies field by field, so that no secret in the row is returned. */
function view(
  { id, issuer, clientId, label, integrationIds, createdAt, createdBy, updatedBy }: LoginProvider,
  { origin }: HttpCall,
  names: ReadonlyMap<string, string>,
): LoginProviderView {
  const shown = { id, issuer, clientId, label, integrationIds, createdBy, updatedBy };
  const integrations = integrationRefs(names, integrationIds);
  return { ...shown, integrations, redirectUri: origin + callbackPath(id), createdAt: createdAt.toISOString() };
}
