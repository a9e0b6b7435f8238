import { Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { Secrets } from '../secrets/secrets.service.js';
import { Links } from './links.service.js';
import { LoginProviders } from './login-providers.service.js';
import { spendState } from './login-states.queries.js';
import { type LoginUnderWay, OpenId, type Vouched } from './openid.service.js';
import { type Identity } from '../auth/people.queries.js';
import { Sessions } from '../auth/sessions.service.js';

/** How long somebody may take at the provider. */
const MINUTES = 15;

/** A login that is under way, as the browser carries it: sealed, so that it can be neither read nor made up. */
interface Ticket extends LoginUnderWay {
  providerId: string;
  returnTo: string;
  /** Milliseconds since 1970. */
  until: number;
}

/** What came of a login. */
export interface LoggedIn extends Vouched {
  identity: Identity;
  returnTo: string;
  /** False for somebody to whom nothing here is open. */
  hasAccess: boolean;
}

/** A login with a provider, from the button to the identity. */
@Injectable()
export class OpenIdLogin {
  /** For how many seconds the browser keeps a ticket. */
  static readonly ticketSeconds = MINUTES * 60;

  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly providers: LoginProviders,
    private readonly openId: OpenId,
    private readonly links: Links,
    private readonly sessions: Sessions,
  ) {}

  /** @throws Refusal `missing` for an unknown provider; the fault of one that does not answer */
  async begin(
    providerId: string,
    { redirectUri, returnTo, again }: { redirectUri: string; returnTo: string; again: boolean },
  ): Promise<{ url: URL; ticket: string }> {
    const provider = await this.providers.getForStranger(providerId);
    const { url, underWay } = await this.openId.begin(provider, redirectUri, again);
    const ticket: Ticket = { ...underWay, providerId, returnTo, until: Date.now() + MINUTES * 60_000 };
    return { url, ticket: this.secrets.seal('login', JSON.stringify(ticket)).toString('base64url') };
  }

  /**
   * @param sealed the ticket that the browser carries
   * @param answer the provider whose address the browser came back to, and the query that it brought
   * @throws Refusal `invalid` for a ticket that is missing, too old, used or of another provider; whatever
   *   `OpenId.finish` and `Links.settle` throw
   */
  async finish(
    sealed: string | undefined,
    { providerId, query }: { providerId: string; query: string },
    requestId: string,
  ): Promise<LoggedIn> {
    const ticket = this.open(sealed);
    // A code that another provider issued must not reach the one that was asked (RFC 9700 §4.4.2.1).
    if (ticket.providerId !== providerId) throw stale();
    const provider = await this.providers.getForStranger(providerId);
    // Before the provider is asked, so that one ticket, which only this server makes, causes one request at most.
    const state = this.secrets.hash('login', ticket.state);
    if (!(await this.database.unscoped((tx) => spendState(tx, state)))) throw stale();
    const vouched = await this.openId.finish(provider, ticket, query);
    const identity = { issuer: provider.issuer, subject: vouched.subject };
    await this.links.settle(identity, requestId);
    const hasAccess = (await this.sessions.standing(identity)) !== undefined;
    return { ...vouched, identity, returnTo: ticket.returnTo, hasAccess };
  }

  private open(sealed: string | undefined): Ticket {
    if (sealed === undefined) throw stale();
    let ticket: Ticket;
    try {
      ticket = JSON.parse(this.secrets.unseal('login', Buffer.from(sealed, 'base64url'))) as Ticket;
    } catch {
      throw stale();
    }
    if (Date.now() > ticket.until) throw stale();
    return ticket;
  }
}

const stale = () => new Refusal('invalid', 'This login was begun elsewhere, is finished, or took too long.');
