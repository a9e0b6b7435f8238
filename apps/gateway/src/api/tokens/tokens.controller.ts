import { Body, Delete, Get, Post } from '@nestjs/common';
import { type NamedActor, type Page } from '@tidegate/contracts';
import { Needs } from '../../callers/access.decorator.js';
import { Call, type HttpCall } from '../../callers/call.js';
import { type ScimToken } from '../../credentials/tokens.queries.js';
import { type CreatedToken, Tokens } from '../../credentials/tokens.service.js';
import { Api, Id, Operation } from '../common/api.decorator.js';
import { CreateToken, NewTokenView, RotateToken, TokenView } from './tokens.dto.js';
import { causeOfCall } from '../common/known-caller.js';
import { UserNames } from '../common/user-names.service.js';

const DAY_SECONDS = 86_400;

const TWO_TOKENS = 'An integration can have at most two valid tokens. Revoke one first.';

@Api('integrations/:integrationId/tokens', 'tokens')
export class TokensController {
  constructor(
    private readonly tokens: Tokens,
    private readonly userNames: UserNames,
  ) {}

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
    const { actor } = causeOfCall(call, integrationId);
    return this.newView(await this.tokens.create(integrationId, body, actor), integrationId, call);
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
    const created = await this.tokens.rotate(integrationId, tokenId, { ...settings, overlapSeconds }, actor);
    return this.newView(created, integrationId, call);
  }

  @Get()
  @Needs('integrations:read')
  @Operation('listTokens', 'List tokens', {
    description: 'Without their secrets. All tokens are on one page.',
    page: TokenView,
  })
  async list(@Id('integrationId') integrationId: string, @Call() call: HttpCall): Promise<Page<TokenView>> {
    return { items: await this.views(await this.tokens.list(integrationId), integrationId, call), nextCursor: null };
  }

  @Delete(':tokenId')
  @Needs('tokens:write')
  @Operation('revokeToken', 'Revoke a token', { description: 'The token is refused within a second.' })
  async revoke(@Id('integrationId') integrationId: string, @Id('tokenId') tokenId: string): Promise<void> {
    await this.tokens.revoke(integrationId, tokenId);
  }

  private async views(tokens: ScimToken[], integrationId: string, call: HttpCall): Promise<TokenView[]> {
    const actors = tokens.map(({ createdBy }) => createdBy);
    const named = await this.userNames.ofActors([{ integrationId, actors }], call);
    return tokens.map((token) => view(token, named(integrationId, token.createdBy)));
  }

  private async newView(token: CreatedToken, integrationId: string, call: HttpCall): Promise<NewTokenView> {
    return { ...(await this.views([token], integrationId, call))[0]!, token: token.secret };
  }
}

const view = (token: ScimToken, createdBy: NamedActor | null): TokenView => ({
  id: token.id,
  hint: token.hint,
  description: token.description,
  status: token.expired ? 'expired' : 'active',
  createdAt: token.createdAt.toISOString(),
  expiresAt: token.expiresAt?.toISOString() ?? null,
  lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
  lastUsedFrom: token.lastUsedFrom,
  successorId: token.successorId,
  createdBy,
});
