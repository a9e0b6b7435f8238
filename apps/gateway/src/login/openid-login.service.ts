import { Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';
import { Links } from '../auth/links.service.js';
import { LoginProviders } from './login-providers.service.js';
import { consumeLoginState } from './login-states.queries.js';
import { type PendingLogin, OpenId, type AuthenticatedPerson } from './openid.service.js';
import { type Identity } from '../callers/caller.js';
import { Sessions } from '../auth/sessions.service.js';

/** Timeout of a login at the provider. */
const MINUTES = 15;

/** A pending login, stored in an encrypted cookie. */
interface Ticket extends PendingLogin {
  providerId: string;
  returnTo: string;
  /** Milliseconds since 1970. */
  until: number;
}

/** A finished login. */
export interface LoggedIn extends AuthenticatedPerson {
  identity: Identity;
  returnTo: string;
  /** False without a role and an active user. */
  hasAccess: boolean;
}

/** Logins with an OpenID Connect provider. */
@Injectable()
export class OpenIdLogin {
  /** Lifetime of the ticket cookie. */
  static readonly ticketSeconds = MINUTES * 60;

  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets<Purpose>,
    private readonly providers: LoginProviders,
    private readonly openId: OpenId,
    private readonly links: Links,
    private readonly sessions: Sessions,
  ) {}

  /**
   * @returns the URL to redirect the browser to, and the ticket for its cookie
   * @throws Refusal `missing` for an unknown provider; the error when the provider does not respond
   */
  async begin(
    providerId: string,
    { redirectUri, returnTo, again }: { redirectUri: string; returnTo: string; again: boolean },
  ): Promise<{ url: URL; ticket: string }> {
    const provider = await this.providers.getUnauthenticated(providerId);
    const { url, pending } = await this.openId.begin(provider, redirectUri, again);
    const ticket: Ticket = { ...pending, providerId, returnTo, until: Date.now() + MINUTES * 60_000 };
    return { url, ticket: this.secrets.seal('login', JSON.stringify(ticket)).toString('base64url') };
  }

  /**
   * @param sealed the ticket from the cookie
   * @param redirect provider and query of the redirect
   * @throws Refusal `invalid` for a ticket that is missing, expired, used or of another provider; the errors of
   *   `OpenId.finish` and `Links.sync`
   */
  async finish(
    sealed: string | undefined,
    { providerId, query }: { providerId: string; query: string },
    requestId: string,
  ): Promise<LoggedIn> {
    const ticket = this.open(sealed);
    // A code of another provider must not be sent to this one (RFC 9700 §4.4.2.1).
    if (ticket.providerId !== providerId) throw invalidTicket();
    const provider = await this.providers.getUnauthenticated(providerId);
    // Before the token request, so that a ticket causes at most one request.
    const state = this.secrets.hash('login', ticket.state);
    if (!(await this.database.unscoped((tx) => consumeLoginState(tx, state)))) throw invalidTicket();
    const authenticated = await this.openId.finish(provider, ticket, query);
    const identity = { issuer: provider.issuer, subject: authenticated.subject };
    await this.links.sync(identity, requestId);
    const hasAccess = (await this.sessions.rightsOf(identity)) !== undefined;
    return { ...authenticated, identity, returnTo: ticket.returnTo, hasAccess };
  }

  private open(sealed: string | undefined): Ticket {
    if (sealed === undefined) throw invalidTicket();
    let ticket: Ticket;
    try {
      ticket = JSON.parse(this.secrets.unseal('login', Buffer.from(sealed, 'base64url'))) as Ticket;
    } catch {
      throw invalidTicket();
    }
    if (Date.now() > ticket.until) throw invalidTicket();
    return ticket;
  }
}

const invalidTicket = () =>
  new Refusal(
    'invalid',
    'This login was started in another browser, is already finished, or has expired. Log in again.',
  );
