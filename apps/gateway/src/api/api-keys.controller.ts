import { Body, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse } from '@nestjs/swagger';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../callers/access.decorator.js';
import { type ApiKey, ApiKeyAdmin } from '../auth/api-key-admin.service.js';
import { type Scope } from '../callers/roles.js';
import { Call, type HttpCall } from '../callers/call.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { Audit } from './audit.js';
import { Api, Id } from './api.decorator.js';
import { ALL_SCOPES, ApiKeyView, CreateApiKey, NewApiKeyView } from './dto/people.dto.js';
import { ApiPageResponse } from './dto/views.js';
import { apiCaller, causeOfCall } from './known-caller.js';

/** API keys. */
@Api('api-keys')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeyAdmin,
    private readonly audit: Audit,
  ) {}

  @Post()
  @Needs('keys:write', { stepUp: true })
  @ApiCreatedResponse({ type: NewApiKeyView })
  async create(@Body() body: CreateApiKey, @Call() call: HttpCall): Promise<NewApiKeyView> {
    const key = { name: body.name, scopes: scopesOf(body), integrationIds: body.integrationIds ?? null };
    const request = { ...key, expiresAt: body.expiresAt };
    const { secret, ...created } = await this.apiKeys.create(apiCaller(call), request, causeOfCall(call));
    this.audit.note(call, 'API key created', { keyId: created.id, scopes: body.scopes });
    return { ...view(created), key: secret };
  }

  @Get()
  @Needs('keys:read')
  @ApiPageResponse(ApiKeyView)
  async list(@Call() { access }: HttpCall): Promise<Page<ApiKeyView>> {
    return { items: (await this.apiKeys.list(access.reach)).map(view), nextCursor: null };
  }

  /** Makes the caller the creator of a key, when its creator leaves. */
  @Post(':id/take-over')
  @Needs('keys:write', { stepUp: true })
  @HttpCode(200)
  @ApiOkResponse({
    type: ApiKeyView,
    description: 'The caller becomes the creator of the key. Secret, scopes and expiry do not change.',
  })
  async takeOver(@Id() id: string, @Call() call: HttpCall): Promise<ApiKeyView> {
    const key = await this.apiKeys.takeOver(id, apiCaller(call), call.access.reach);
    this.audit.note(call, 'API key taken over', { keyId: id });
    return view(key);
  }

  @Delete(':id')
  @Needs('keys:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  async revoke(@Id() id: string, @Call() call: HttpCall): Promise<void> {
    await this.apiKeys.revoke(id, call.access.reach, causeOfCall(call));
    this.audit.note(call, 'API key revoked', { keyId: id });
  }
}

/** @returns null for all scopes. @throws InvalidFields when `all` is combined with others */
function scopesOf({ scopes }: CreateApiKey): Scope[] | null {
  const named = scopes.filter((scope) => scope !== ALL_SCOPES);
  if (named.length === scopes.length) return named;
  if (named.length > 0) throw new InvalidFields({ scopes: 'must not contain other scopes beside all' });
  return null;
}

function view({ createdAt, expiresAt, lastUsedAt, scopes, ...key }: ApiKey): ApiKeyView {
  return {
    ...key,
    scopes: scopes ?? [ALL_SCOPES],
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
