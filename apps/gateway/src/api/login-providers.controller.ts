import { Body, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../callers/access.decorator.js';
import { type LoginProvider } from '../login/login-providers.queries.js';
import { LoginProviders } from '../login/login-providers.service.js';
import { callbackPath } from '../login/openid-login.controller.js';
import { Call, type HttpCall } from '../callers/call.js';
import { Api, Id } from './api.decorator.js';
import { Audit } from './audit.js';
import { withoutAbsent } from './dto/flow-settings.js';
import { CreateLoginProvider, LoginProviderView, UpdateLoginProvider } from './dto/people.dto.js';
import { causeOfCall } from './known-caller.js';
import { ApiPageResponse } from './dto/views.js';

/** Login providers. They are global, so callers need their scope for all integrations. */
@Api('login-providers')
export class LoginProvidersController {
  constructor(
    private readonly providers: LoginProviders,
    private readonly audit: Audit,
  ) {}

  @Post()
  @Needs('login:write', { everywhere: true, stepUp: true })
  @ApiCreatedResponse({ type: LoginProviderView })
  async create(@Body() body: CreateLoginProvider, @Call() call: HttpCall): Promise<LoginProviderView> {
    const { issuer, clientId, clientSecret, label, integrationIds = [] } = body;
    const settings = { issuer, clientId, clientSecret, label, integrationIds };
    const created = await this.providers.create(settings, causeOfCall(call).actor);
    this.audit.note(call, 'Login provider added', { providerId: created.id });
    return view(created, call);
  }

  @Get()
  @Needs('login:read', { everywhere: true })
  @ApiPageResponse(LoginProviderView)
  async list(@Call() call: HttpCall): Promise<Page<LoginProviderView>> {
    return { items: (await this.providers.list()).map((provider) => view(provider, call)), nextCursor: null };
  }

  @Get(':id')
  @Needs('login:read', { everywhere: true })
  @ApiOkResponse({ type: LoginProviderView })
  async get(@Id() id: string, @Call() call: HttpCall): Promise<LoginProviderView> {
    return view(await this.providers.get(id), call);
  }

  @Patch(':id')
  @Needs('login:write', { everywhere: true, stepUp: true })
  @ApiOkResponse({ type: LoginProviderView })
  async update(
    @Id() id: string,
    @Body() body: UpdateLoginProvider,
    @Call() call: HttpCall,
  ): Promise<LoginProviderView> {
    const changed = await this.providers.update(id, withoutAbsent(body), causeOfCall(call).actor);
    this.audit.note(call, 'Login provider changed', { providerId: id });
    return view(changed, call);
  }

  @Delete(':id')
  @Needs('login:write', { everywhere: true, stepUp: true })
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@Id() id: string, @Call() call: HttpCall): Promise<void> {
    await this.providers.remove(id);
    this.audit.note(call, 'Login provider removed', { providerId: id });
  }
}

/** Copies field by field, so that no secret in the row is returned. */
function view(
  { id, issuer, clientId, label, integrationIds, createdAt, createdBy, updatedBy }: LoginProvider,
  { origin }: HttpCall,
): LoginProviderView {
  const shown = { id, issuer, clientId, label, integrationIds, createdBy, updatedBy };
  return { ...shown, redirectUri: origin + callbackPath(id), createdAt: createdAt.toISOString() };
}
