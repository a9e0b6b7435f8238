import { Body, Delete, Get, Post } from '@nestjs/common';
import { type Page } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { type ScimToken } from '../../credentials/tokens.queries.js';
import { type CreatedToken, Tokens } from '../../credentials/tokens.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { CreateToken, NewTokenView, RotateToken, TokenView } from './tokens.dto.js';
import { causeOfCall } from '../common/known-caller.js';

const DAY_SECONDS = 86_400;

const TWO_TOKENS = 'An integration can have at most two valid tokens. Revoke one first.';

@Api('integrations/:integrationId/tokens', 'tokens')
export class TokensController {
  constructor(private readonly tokens: Tokens) {}

  @Post()
  @Needs('tokens:write', { stepUp: true })
  @Operation('createToken', 'Create a token', {
    description: 'The response contains the token, only this once.',
    returns: NewTokenView,
    status: 201,
    conflict: TWO_TOKENS,
  })
  async create(
    @Id('integrationId') integrationId: string,
    @Body() body: CreateToken,
    @Call() call: HttpCall,
  ): Promise<NewTokenView> {
    return newView(await this.tokens.create(integrationId, body, causeOfCall(call, integrationId).actor));
  }

  @Post(':tokenId/rotate')
  @Needs('tokens:write', { stepUp: true })
  @Operation('rotateToken', 'Rotate a token', {
    description: 'Creates a token that replaces another. The old token stays valid for `overlapSeconds`.',
    returns: NewTokenView,
    status: 201,
    conflict: `${TWO_TOKENS} Or the token has expired.`,
  })
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
  @Operation('listTokens', 'List tokens', {
    description: 'Without their secrets. All tokens are on one page.',
    page: TokenView,
  })
  async list(@Id('integrationId') integrationId: string): Promise<Page<TokenView>> {
    return { items: (await this.tokens.list(integrationId)).map(view), nextCursor: null };
  }

  @Delete(':tokenId')
  @Needs('tokens:write')
  @Operation('revokeToken', 'Revoke a token', { description: 'The token is refused within a second.' })
  async revoke(@Id('integrationId') integrationId: string, @Id('tokenId') tokenId: string): Promise<void> {
    await this.tokens.revoke(integrationId, tokenId);
  }
}

const view = (token: ScimToken): TokenView => ({
  id: token.id,
  hint: token.hint,
  description: token.description,
  status: token.expired ? 'expired' : 'active',
  createdAt: token.createdAt.toISOString(),
  expiresAt: token.expiresAt?.toISOString() ?? null,
  lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
  lastUsedFrom: token.lastUsedFrom,
  successorId: token.successorId,
  createdBy: token.createdBy,
});

const newView = (token: CreatedToken): NewTokenView => ({ ...view(token), token: token.secret });
