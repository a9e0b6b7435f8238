import { type FastifyReply } from 'fastify';
import { html, pageOf, sendPage } from '../http/page.js';

/** What stands on the button of a provider. */
export interface LoginChoice {
  id: string;
  label: string;
}

export interface LoginPage {
  choices: readonly LoginChoice[];
  returnTo: string;
  /** Why the page is shown again. */
  fault?: string;
  /** Whether somebody is logged in, and must prove it once more. */
  again: boolean;
  status?: number;
}

/** Where people choose how to log in. */
export function sendLoginPage(reply: FastifyReply, { choices, returnTo, fault, again, status = 200 }: LoginPage): void {
  const query = (id: string) =>
    `/login/start/${id}?${new URLSearchParams({ ...(again ? { again: '1' } : {}), returnTo }).toString()}`;
  sendPage(
    reply,
    status,
    pageOf(
      again ? 'Log in again' : 'Log in',
      html`${fault ? html`<p class="fault" role="alert">${fault}</p>` : ''}
      ${again ? html`<p>Credentials are shown and changed only shortly after a login.</p>` : ''}
      ${choices.map(({ id, label }) => html`<a class="button" href="${query(id)}">Sign in with ${label}</a>`)}
      <form method="post" action="/login">
        <input type="hidden" name="returnTo" value="${returnTo}" />
        <label for="key">API key of an administrator</label>
        <input id="key" name="key" type="password" autocomplete="off" required maxlength="1000" />
        <button${choices.length > 0 ? html` class="second"` : ''}>Log in with the key</button>
      </form>`,
    ),
  );
}

/** Whoever is known to the provider and to nobody here. */
export function sendNoAccessPage(reply: FastifyReply): void {
  sendPage(
    reply,
    403,
    pageOf(
      'No access',
      html`<p>
          You are logged in at your organization, but nothing here is open to you: you are no active user of an
          integration, and no role is given to you. An administrator can change that.
        </p>
        <a class="button second" href="/login">Log in as somebody else</a>`,
    ),
  );
}

/** A login that came to nothing. */
export function sendFailedPage(reply: FastifyReply, status: number, reason: string): void {
  sendPage(
    reply,
    status,
    pageOf(
      'Not logged in',
      html`<p class="fault" role="alert">${reason}</p>
        <a class="button" href="/login">Try again</a>`,
    ),
  );
}

export function sendLogoutPage(reply: FastifyReply, csrfToken: string): void {
  sendPage(
    reply,
    200,
    pageOf(
      'Log out',
      html`<form method="post" action="/logout">
        <input type="hidden" name="csrfToken" value="${csrfToken}" /><button>Log out</button>
      </form>`,
    ),
  );
}

export function sendLoggedOutPage(reply: FastifyReply): void {
  sendPage(reply, 200, pageOf('Logged out', html`<a class="button" href="/login">Log in</a>`));
}
