import { Body, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse } from '@nestjs/swagger';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../auth/access.decorator.js';
import { type ApiKey } from '../auth/api-keys.queries.js';
import { ApiKeys } from '../auth/api-keys.service.js';
import { type Scope } from '../auth/roles.js';
import { Call, type HttpCall } from '../http/call.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { Audit } from './audit.js';
import { Api, Id } from './api.decorator.js';
import { ALL_SCOPES, ApiKeyView, CreateApiKey, NewApiKeyView } from './dto/people.dto.js';
import { ApiPageResponse } from './dto/views.js';
import { knownCaller } from './known-caller.js';

/** The keys by which programs use /api/v1. */
@Api('api-keys')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeys,
    private readonly audit: Audit,
  ) {}

  @Post()
  @Needs('keys:write', { stepUp: true })
  @ApiCreatedResponse({ type: NewApiKeyView })
  async create(@Body() body: CreateApiKey, @Call() call: HttpCall): Promise<NewApiKeyView> {
    const key = { name: body.name, scopes: scopesOf(body), integrationIds: body.integrationIds ?? null };
    const { secret, ...made } = await this.apiKeys.create(knownCaller(call), { ...key, expiresAt: endOf(body) });
    this.audit.note(call, 'An API key was made', { keyId: made.id, scopes: body.scopes });
    return { ...view(made), key: secret };
  }

  @Get()
  @Needs('keys:read')
  @ApiPageResponse(ApiKeyView)
  async list(@Call() { access }: HttpCall): Promise<Page<ApiKeyView>> {
    return { items: (await this.apiKeys.list(access.reach)).map(view), nextCursor: null };
  }

  @Delete(':id')
  @Needs('keys:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  async revoke(@Id() id: string, @Call() call: HttpCall): Promise<void> {
    await this.apiKeys.revoke(id, call.access.reach);
    this.audit.note(call, 'An API key was revoked', { keyId: id });
  }
}

/** Null for all. @throws InvalidFields when `all` stands beside others */
function scopesOf({ scopes }: CreateApiKey): Scope[] | null {
  const named = scopes.filter((scope) => scope !== ALL_SCOPES);
  if (named.length === scopes.length) return named;
  if (named.length > 0) throw new InvalidFields({ scopes: 'must not name others beside all' });
  return null;
}

/** @throws InvalidFields when that is over */
function endOf({ expiresAt }: CreateApiKey): Date | null {
  if (expiresAt === undefined) return null;
  if (Date.parse(expiresAt) <= Date.now()) throw new InvalidFields({ expiresAt: 'must lie ahead' });
  return new Date(expiresAt);
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
