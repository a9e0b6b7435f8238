import { Body, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse } from '@nestjs/swagger';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../auth/access.decorator.js';
import { type ScimToken } from '../integrations/tokens.queries.js';
import { Tokens } from '../integrations/tokens.service.js';
import { Api, Id } from './api.decorator.js';
import { CreateToken, NewTokenView, TokenView } from './dto/integrations.dto.js';
import { ApiPageResponse } from './dto/views.js';

@Api('integrations/:integrationId/tokens', 'tokens')
export class TokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  @Needs('tokens:write', { stepUp: true })
  @ApiCreatedResponse({ type: NewTokenView })
  async create(@Id('integrationId') integrationId: string, @Body() body: CreateToken): Promise<NewTokenView> {
    const { secret, ...token } = await this.tokens.create(integrationId, body.description);
    return { ...view(token), token: secret };
  }

  @Get()
  @Needs('integrations:read')
  @ApiPageResponse(TokenView)
  async list(@Id('integrationId') integrationId: string): Promise<Page<TokenView>> {
    return { items: (await this.tokens.list(integrationId)).map(view), nextCursor: null };
  }

  @Delete(':tokenId')
  @Needs('tokens:write')
  @HttpCode(204)
  @ApiNoContentResponse()
  async revoke(@Id('integrationId') integrationId: string, @Id('tokenId') tokenId: string): Promise<void> {
    await this.tokens.revoke(integrationId, tokenId);
  }
}

function view({ id, hint, description, createdAt, lastUsedAt }: ScimToken): TokenView {
  return {
    id,
    hint,
    description,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
