import { Body, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse } from '@nestjs/swagger';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../callers/access.decorator.js';
import { Call, type HttpCall } from '../callers/call.js';
import { type ScimToken } from '../credentials/tokens.queries.js';
import { type CreatedToken, Tokens } from '../credentials/tokens.service.js';
import { Api, Id } from './api.decorator.js';
import { CreateToken, NewTokenView, RotateToken, TokenView } from './dto/tokens.dto.js';
import { ApiPageResponse } from './dto/views.js';
import { causeOfCall } from './known-caller.js';

const DAY_SECONDS = 86_400;

@Api('integrations/:integrationId/tokens', 'tokens')
export class TokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  @Needs('tokens:write', { stepUp: true })
  @ApiCreatedResponse({ type: NewTokenView })
  async create(
    @Id('integrationId') integrationId: string,
    @Body() body: CreateToken,
    @Call() call: HttpCall,
  ): Promise<NewTokenView> {
    return newView(await this.tokens.create(integrationId, body, causeOfCall(call, integrationId).actor));
  }

  /** Creates a token that replaces another, which stays valid during the overlap. */
  @Post(':tokenId/rotate')
  @Needs('tokens:write', { stepUp: true })
  @ApiCreatedResponse({ type: NewTokenView })
  async rotate(
    @Id('integrationId') integrationId: string,
    @Id('tokenId') tokenId: string,
    @Body() { overlapSeconds = DAY_SECONDS, ...settings }: RotateToken,
    @Call() call: HttpCall,
  ): Promise<NewTokenView> {
    const { actor } = causeOfCall(call, integrationId);
    return newView(await this.tokens.rotate(integrationId, tokenId, { ...settings, overlapSeconds }, actor));
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

function view({ expired, createdAt, expiresAt, lastUsedAt, ...token }: ScimToken): TokenView {
  return {
    ...token,
    status: expired ? 'expired' : 'active',
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

const newView = ({ secret, ...token }: CreatedToken): NewTokenView => ({ ...view(token), token: secret });
