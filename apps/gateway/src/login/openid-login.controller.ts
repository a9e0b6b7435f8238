import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { isId, Refusal } from '@tidegate/contracts';
import { type Logger } from '@tidegate/observability';
import { Public } from '@tidegate/runtime';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { GATEWAY_CONFIG, type GatewayConfig, LOGGER } from '../config/config.js';
import { rateLimitKeysOf } from '../limits/rate-limit-keys.rule.js';
import { siteOf } from '../http/network.rule.js';
import { refusalOf } from '../http/errors.js';
import { clearCookie, type CookieForm, cookieIn, requireCookieForm, setCookie } from '../http/cookie.rule.js';
import { seeOther } from '../http/html.pages.js';
import { sendFailedPage, sendNoAccessPage } from './login.pages.js';
import { OpenIdLogin } from './openid-login.service.js';
import { Principals } from '../auth/principals.service.js';
import { RateLimiter } from '../limits/rate.limiter.js';
import { safeReturnTo } from './return-to.rule.js';

const TICKET = 'tidegate_login';
/**
 * Logins per network and minute: enough for a large company behind one address. Counted per network, because an attacker can
 * have many addresses.
 */
const MAX_STARTS = 300;
const MINUTE_MS = 60_000;

/**
 * The path of the redirect URI of a provider. Each has its own, to prevent mix-up attacks (RFC 9700 §4.4.2).
 */
export const callbackPath = (providerId: string): string => `/login/callback/${providerId}`;

/** Login with an OpenID Connect provider. */
@Public()
@ApiExcludeController()
@Controller('login')
export class OpenIdLoginController {
  private readonly starts = new RateLimiter(MINUTE_MS);

  constructor(
    private readonly login: OpenIdLogin,
    private readonly principals: Principals,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'trustProxy'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get('start/:providerId')
  async start(
    @Param('providerId') providerId: string,
    @Query() query: Readonly<Record<string, unknown>>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.orErrorPage(request, reply, async () => {
      // Absent in old browsers and over plain http (https://www.w3.org/TR/fetch-metadata/): additional protection only.
      if (request.headers['sec-fetch-site'] === 'cross-site')
        throw new Refusal('notAllowed', 'Start the login on the login page of this server, not on another site.');
      if (!isId(providerId)) throw new Refusal('missing', 'No such login provider.');
      const keys = rateLimitKeysOf(request, this.config.trustProxy, MAX_STARTS, siteOf);
      if (!this.starts.allow(keys, request.receivedAt)) return sendTooManyPage(reply);
      const form = ticketCookie(request);
      const { url, ticket } = await this.login.begin(providerId, {
        redirectUri: request.origin + callbackPath(providerId),
        returnTo: safeReturnTo(query['returnTo']),
        again: query['again'] === '1',
      });
      reply.header('set-cookie', setCookie(form, ticket, OpenIdLogin.ticketSeconds));
      reply.status(302).header('location', url.href).send();
    });
  }

  @Get('callback/:providerId')
  async callback(
    @Param('providerId') providerId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.orErrorPage(request, reply, async () => {
      const form = ticketCookie(request);
      const ticket = cookieIn(request.headers.cookie, form);
      reply.header('set-cookie', clearCookie(form));
      const query = request.url.slice((request.url + '?').indexOf('?'));
      const redirect = { providerId, query };
      const { identity, returnTo, authenticatedAt, hasAccess } = await this.login.finish(ticket, redirect, request.id);
      const { network } = request;
      this.logger.info({ requestId: request.id, method: 'oidc', ...identity, network, hasAccess }, 'Login');
      if (!hasAccess) return sendNoAccessPage(reply);
      await this.principals.begin(request, reply, { identity, authenticatedAt });
      seeOther(reply, returnTo);
    });
  }

  /** Shows errors as pages. Logs only their type, because messages of a provider may contain personal data. */
  private async orErrorPage(request: FastifyRequest, reply: FastifyReply, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const refusal = refusalOf(error);
      const { name = 'unknown', code } = error as { name?: string; code?: unknown };
      const status = refusal?.status ?? 400;
      const { id: requestId, network } = request;
      this.logger.warn({ requestId, method: 'oidc', fault: name, code, status, network }, 'Login failed');
      sendFailedPage(reply, status, refusal?.detail ?? 'The login provider sent an invalid response or none.');
    }
  }
}

function sendTooManyPage(reply: FastifyReply): void {
  reply.header('retry-after', String(MINUTE_MS / 1000));
  sendFailedPage(reply, 429, 'Too many logins from your network. Try again in a minute.');
}

/** @throws Refusal `notAllowed` over plain http, except on the loopback interface */
const ticketCookie = ({ origin }: FastifyRequest): CookieForm => requireCookieForm(origin, TICKET);
