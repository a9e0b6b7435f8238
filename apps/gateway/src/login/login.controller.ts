import { Body, Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type Logger } from '@tidegate/observability';
import { Public } from '@tidegate/runtime';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { LOGGER } from '../config/config.js';
import { ApiKeys } from '../auth/api-keys.service.js';
import { seeOther } from '../http/html.pages.js';
import { KEY_ISSUER } from '../callers/caller.js';
import { hasAllRights } from '../callers/delegation.rule.js';
import { KeyGuesses } from '../auth/key-guesses.service.js';
import { LoginProviders } from './login-providers.service.js';
import { sendLoggedOutPage, sendLoginPage, sendLogoutPage } from './login.pages.js';
import { Principals, requireCsrfToken } from '../auth/principals.service.js';
import { safeReturnTo } from './return-to.rule.js';
import { actorOf } from '../callers/actor.rule.js';
import { isSameOrigin } from '../http/same-origin.rule.js';

type Fields = Readonly<Record<string, unknown>>;

/** The login and logout pages. */
@Public()
@ApiExcludeController()
@Controller()
export class LoginController {
  constructor(
    private readonly principals: Principals,
    private readonly apiKeys: ApiKeys,
    private readonly providers: LoginProviders,
    private readonly guesses: KeyGuesses,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @param query `returnTo`, and `again=1` for a step-up login */
  @Get('login')
  async show(@Query() query: Fields, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const returnTo = safeReturnTo(query['returnTo']);
    const again = query['again'] === '1';
    if (!again && (await this.principals.principalOf(request))) return seeOther(reply, returnTo);
    sendLoginPage(reply, { choices: await this.providers.listUnauthenticated(), returnTo, again });
  }

  /** Logs in with an API key, for the first administrator. */
  @Post('login')
  async withKey(@Body() form: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { key, returnTo: requested } = fieldsOf(form);
    const returnTo = safeReturnTo(requested);
    const refuse = async (status: number, fault: string) => {
      this.logger.warn({ requestId: request.id, method: 'key', status, network: request.network }, 'Login failed');
      const choices = await this.providers.listUnauthenticated();
      sendLoginPage(reply, { choices, returnTo, again: false, fault, status });
    };
    if (!isSameOrigin(request.method, request.headers, request.origin))
      return refuse(403, 'The form was not sent from this page. Try again.');
    if (this.guesses.isLimited('form', request)) {
      reply.header('retry-after', '60');
      return refuse(429, 'Too many wrong keys from your address. Try again in a minute.');
    }
    const presented = typeof key === 'string' ? await this.apiKeys.find(key.trim()) : undefined;
    if (!presented || !hasAllRights(presented.caller)) {
      this.guesses.addWrong('form', request);
      return refuse(401, 'This is not the API key of an administrator of all integrations. Enter another key.');
    }
    const { keyId } = presented.caller;
    const identity = { issuer: KEY_ISSUER, subject: keyId };
    await this.principals.begin(request, reply, { identity, keyHash: presented.hash, authenticatedAt: new Date() });
    this.logger.info({ requestId: request.id, method: 'key', keyId, network: request.network }, 'Login');
    seeOther(reply, returnTo);
  }

  @Get('logout')
  async askLogout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.principals.principalOf(request);
    if (person) sendLogoutPage(reply, person.csrfToken);
    else sendLoggedOutPage(reply);
  }

  @Post('logout')
  async logout(@Body() form: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const person = await this.principals.principalOf(request);
    if (person) {
      requireCsrfToken(person, fieldsOf(form)['csrfToken']);
      const actor = actorOf(person, { network: request.network });
      this.logger.info({ requestId: request.id, sessionId: person.sessionId, actor }, 'Logout');
    }
    await this.principals.end(request, reply);
    seeOther(reply, '/login');
  }
}

/** @returns the fields of a form; empty for any other body */
const fieldsOf = (form: unknown): Fields => (typeof form === 'object' && form !== null ? (form as Fields) : {});
