import { type FastifyReply } from 'fastify';
import { html, pageOf, sendPage } from '../http/html.pages.js';

/** The login button of a provider. */
export interface LoginChoice {
  id: string;
  label: string;
}

export interface LoginPage {
  choices: readonly LoginChoice[];
  returnTo: string;
  /** Error of the previous attempt. */
  fault?: string;
  /** Whether it is a step-up login. */
  again: boolean;
  status?: number;
}

/** Sends the login page. */
export function sendLoginPage(reply: FastifyReply, { choices, returnTo, fault, again, status = 200 }: LoginPage): void {
  const query = (id: string) =>
    `/login/start/${id}?${new URLSearchParams({ ...(again ? { again: '1' } : {}), returnTo }).toString()}`;
  sendPage(
    reply,
    status,
    pageOf(
      again ? 'Log in again' : 'Log in',
      html`${fault ? html`<p class="fault" role="alert">${fault}</p>` : ''}
      ${again ? html`<p>Viewing or changing credentials requires a recent login.</p>` : ''}
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

/** Sends the page after a login without a role or an active user. */
export function sendNoAccessPage(reply: FastifyReply): void {
  sendPage(
    reply,
    403,
    pageOf(
      'No access',
      html`<p>
          Your login succeeded, but you have no access to Tidegate: you are not an active user of an integration and you
          have no role. Ask an administrator for access.
        </p>
        <a class="button second" href="/login">Log in as another user</a>`,
    ),
  );
}

/** Sends the page of a failed login. */
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
