import { Body, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../auth/access.decorator.js';
import { type LoginProvider } from '../login/login-providers.queries.js';
import { LoginProviders } from '../login/login-providers.service.js';
import { callbackPath } from '../login/openid-login.controller.js';
import { Call, type HttpCall } from '../http/call.js';
import { Api, Id } from './api.decorator.js';
import { Audit } from './audit.js';
import { withoutAbsent } from './dto/flow-settings.js';
import { CreateLoginProvider, LoginProviderView, UpdateLoginProvider } from './dto/people.dto.js';
import { ApiPageResponse } from './dto/views.js';

/** Who vouches for people at the login. A provider is for all of Tidegate, so who changes one must reach all of it. */
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
    const made = await this.providers.create({ issuer, clientId, clientSecret, label, integrationIds });
    this.audit.note(call, 'A login provider was added', { providerId: made.id });
    return view(made, call);
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
    const changed = await this.providers.update(id, withoutAbsent(body));
    this.audit.note(call, 'A login provider was changed', { providerId: id });
    return view(changed, call);
  }

  @Delete(':id')
  @Needs('login:write', { everywhere: true, stepUp: true })
  @HttpCode(204)
  @ApiNoContentResponse()
  async remove(@Id() id: string, @Call() call: HttpCall): Promise<void> {
    await this.providers.remove(id);
    this.audit.note(call, 'A login provider was removed', { providerId: id });
  }
}

/** Field by field, so that a secret in the row could not come along. */
function view(
  { id, issuer, clientId, label, integrationIds, createdAt }: LoginProvider,
  { origin }: HttpCall,
): LoginProviderView {
  const shown = { id, issuer, clientId, label, integrationIds };
  return { ...shown, redirectUri: origin + callbackPath(id), createdAt: createdAt.toISOString() };
}
