import { Body, Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type Logger, Public } from '@tidegate/observability';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { LOGGER } from '../config.js';
import { ApiKeys } from '../auth/api-keys.service.js';
import { KEY_ISSUER } from '../auth/caller.js';
import { mayAll } from '../auth/handing-on.rule.js';
import { KeyGuesses } from '../auth/key-guesses.service.js';
import { LoginProviders } from './login-providers.service.js';
import { sendLoggedOutPage, sendLoginPage, sendLogoutPage } from './login.pages.js';
import { Principals, requireCsrfToken } from '../auth/principals.service.js';
import { safeReturnTo } from './return-to.rule.js';
import { actorOf } from '../auth/actor.rule.js';
import { isSameOrigin } from '../auth/same-origin.rule.js';

type Texts = Readonly<Record<string, unknown>>;

/** Logging in and out, as pages of a browser. */
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

  /** @param query `returnTo`, and `again` when somebody who is logged in must prove it once more */
  @Get('login')
  async show(@Query() query: Texts, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const returnTo = safeReturnTo(query['returnTo']);
    const again = query['again'] === '1';
    if (!again && (await this.principals.principalOf(request))) return seeOther(reply, returnTo);
    sendLoginPage(reply, { choices: await this.providers.listForStranger(), returnTo, again });
  }

  /** The form with an API key: how the first administrator comes in. */
  @Post('login')
  async withKey(@Body() form: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { key, returnTo: wanted } = fieldsOf(form);
    const returnTo = safeReturnTo(wanted);
    const refuse = async (status: number, fault: string) => {
      this.logger.warn({ requestId: request.id, method: 'key', status, network: request.network }, 'A login failed');
      const choices = await this.providers.listForStranger();
      sendLoginPage(reply, { choices, returnTo, again: false, fault, status });
    };
    if (!isSameOrigin(request.method, request.headers, request.origin))
      return refuse(403, 'The form did not come from this page. Try again.');
    if (this.guesses.isClosed('form', request)) {
      reply.header('retry-after', '60');
      return refuse(429, 'Too many wrong keys came from your address. Try again in a minute.');
    }
    const found = typeof key === 'string' ? await this.apiKeys.find(key.trim()) : undefined;
    if (!found || !mayAll(found.holder)) {
      this.guesses.addWrong('form', request);
      return refuse(401, 'This is not the API key of an administrator.');
    }
    const { keyId } = found.holder;
    const identity = { issuer: KEY_ISSUER, subject: keyId };
    await this.principals.begin(request, reply, { identity, keyHash: found.hash, authenticatedAt: new Date() });
    this.logger.info({ requestId: request.id, method: 'key', keyId, network: request.network }, 'A login');
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
      this.logger.info({ requestId: request.id, sessionId: person.sessionId, actor }, 'A logout');
    }
    await this.principals.end(request, reply);
    seeOther(reply, '/login');
  }
}

/** What a form holds; nothing when something else came. */
const fieldsOf = (form: unknown): Texts => (typeof form === 'object' && form !== null ? (form as Texts) : {});

/** After a form was sent, so that going back does not send it again (RFC 9110 §15.4.4). */
export function seeOther(reply: FastifyReply, path: string): void {
  reply.status(303).header('location', path).send();
}
