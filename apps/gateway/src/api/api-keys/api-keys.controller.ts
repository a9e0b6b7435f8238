import { Body, Delete, Get, Post } from '@nestjs/common';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { type ApiKey, ApiKeyAdmin } from '../../auth/api-key-admin.service.js';
import { type Scope } from '../../callers/roles.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { IntegrationNames } from '../../integrations/integration-names.service.js';
import { Audit } from '../common/audit.service.js';
import { Api, Id, LAST_ADMINISTRATOR, Operation } from '../common/api.decorator.js';
import { integrationRefs } from '../common/integration-ref.dto.js';
import { ALL_SCOPES, ApiKeyView, CreateApiKey, NewApiKeyView } from './api-keys.dto.js';
import { apiCaller, causeOfCall } from '../common/known-caller.js';

/** API keys. */
@Api('api-keys')
export class ApiKeysController {
  constructor(
    private readonly apiKeys: ApiKeyAdmin,
    private readonly audit: Audit,
    private readonly names: IntegrationNames,
  ) {}

  @Post()
  @Needs('keys:write', { stepUp: true })
  @Operation('createApiKey', 'Create an API key', {
    description:
      'The response contains the key, only this once. A key cannot exceed the scopes, integrations and lifetime of its ' +
      'creator, except that a key with the scope `all` for all integrations can also give `access:review-as` and ' +
      '`access:panic`.',
    returns: NewApiKeyView,
    status: 201,
    conflict: 'The limit of API keys is reached.',
  })
  async create(@Body() body: CreateApiKey, @Call() call: HttpCall): Promise<NewApiKeyView> {
    const key = { name: body.name, scopes: scopesOf(body), integrationIds: body.integrationIds ?? null };
    const request = { ...key, expiresAt: body.expiresAt };
    const created = await this.apiKeys.create(apiCaller(call), request, causeOfCall(call));
    this.audit.note(call, 'API key created', { keyId: created.id, scopes: body.scopes });
    return { ...(await this.views([created]))[0]!, key: created.secret };
  }

  @Get()
  @Needs('keys:read')
  @Operation('listApiKeys', 'List API keys', {
    description: 'Without their secrets. All keys are on one page.',
    page: ApiKeyView,
  })
  async list(@Call() { access }: HttpCall): Promise<Page<ApiKeyView>> {
    return { items: await this.views(await this.apiKeys.list(access.reach)), nextCursor: null };
  }

  @Post(':id/take-over')
  @Needs('keys:write', { stepUp: true })
  @Operation('takeOverApiKey', 'Take over an API key', {
    description:
      'The caller becomes the creator of the key. Secret, scopes and expiry do not change. Use it to keep a program running ' +
      'when the creator of its key leaves.',
    returns: ApiKeyView,
    conflict:
      'The key is a root key, has expired, has the scope access:review-as or access:panic, or created the key of the caller. Or the limit ' +
      'of API keys is reached.',
  })
  async takeOver(@Id() id: string, @Call() call: HttpCall): Promise<ApiKeyView> {
    const key = await this.apiKeys.takeOver(id, apiCaller(call), call.access.reach);
    this.audit.note(call, 'API key taken over', { keyId: id });
    return (await this.views([key]))[0]!;
  }

  @Delete(':id')
  @Needs('keys:write')
  @Operation('deleteApiKey', 'Delete an API key', {
    description: 'The key, and the keys that it created, are refused within a second.',
    conflict: LAST_ADMINISTRATOR,
  })
  async revoke(@Id() id: string, @Call() call: HttpCall): Promise<void> {
    await this.apiKeys.revoke(id, call.access.reach, causeOfCall(call));
    this.audit.note(call, 'API key revoked', { keyId: id });
  }

  /** Callers see only keys for integrations that they have access to. */
  private async views(keys: ApiKey[]): Promise<ApiKeyView[]> {
    const names = await this.names.of(keys.flatMap(({ integrationIds }) => integrationIds ?? []));
    return keys.map((key) => view(key, names));
  }
}

/** @returns null for all scopes. @throws InvalidFields when `all` is combined with others */
function scopesOf({ scopes }: CreateApiKey): Scope[] | null {
  const named = scopes.filter((scope) => scope !== ALL_SCOPES);
  if (named.length === scopes.length) return named;
  if (named.length > 0) throw new InvalidFields({ scopes: 'must not contain other scopes beside all' });
  return null;
}

const view = (key: ApiKey, names: ReadonlyMap<string, string>): ApiKeyView => ({
  id: key.id,
  name: key.name,
  hint: key.hint,
  scopes: key.scopes ?? [ALL_SCOPES],
  integrationIds: key.integrationIds,
  integrations: key.integrationIds && integrationRefs(names, key.integrationIds),
  maker: key.maker,
  status: key.status,
  createdAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt?.toISOString() ?? null,
  lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
});
