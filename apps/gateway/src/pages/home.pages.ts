import { type ReadinessReport } from '@tidegate/runtime';
import { type Role } from '../callers/roles.js';
import { html, type Html, type Page, pageOf } from '../http/html.pages.js';

/** What the page shows of the logged-in person. */
export interface ShownPerson {
  /** Undefined when unknown. */
  name: string | undefined;
  details: readonly Detail[];
  roles: readonly ShownRole[];
  csrfToken: string;
}

/** A label and its value. */
export type Detail = readonly [label: string, value: string];

export interface ShownRole {
  role: Role;
  /** Names of the integrations, or `all`. */
  integrations: 'all' | readonly string[];
  /** Number of further integrations. */
  more: number;
}

/** `loggedOut`: without a session. `unknown`: the session could not be checked. */
export type Visitor = ShownPerson | 'loggedOut' | 'unknown';

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  admin: 'Administrator',
  auditor: 'Auditor',
  member: 'Member',
};

/** The guides of the README. */
const GUIDES: readonly Detail[] = [
  ['Okta', 'docs/guides/okta.md'],
  ['Entra ID', 'docs/guides/entra.md'],
  ['SCIM clients', 'docs/guides/scim.md'],
  ['Logging in', 'docs/guides/login.md'],
  ['The API', 'docs/guides/api.md'],
];

/** @returns the start page: what this server is, whether it is ready, who is logged in, and where to go */
export function homePage(report: ReadinessReport, visitor: Visitor): Page {
  const known = typeof visitor === 'object';
  const name = known && visitor.name !== undefined ? ` as ${visitor.name}` : '';
  return pageOf(
    known ? `Logged in${name}` : 'SCIM server and group access',
    html`${known ? '' : INTRODUCTION}${status(report)}${account(visitor)}${LINKS}`,
  );
}

const INTRODUCTION = html`<p>
  Tidegate receives users and groups from an identity provider such as Okta over SCIM 2.0, and gives users membership of
  groups for a limited time.
</p>`;

/** Names the failed checks without their reasons, which may contain hosts. */
function status({ status, checks }: ReadinessReport): Html {
  if (status === 'ok') return html`<p class="status ready">Tidegate is ready</p>`;
  const failed = Object.keys(checks).filter((name) => checks[name] !== 'ok');
  const fault = status === 'failed' ? `not ready. Failed checks: ${failed.join(', ')}` : status;
  return html`<p class="status fault" role="alert">Tidegate is ${fault}.</p>`;
}

function account(visitor: Visitor): Html {
  if (visitor === 'loggedOut') return html`<a class="button" href="/login">Log in</a>`;
  if (visitor === 'unknown') return html`<p class="fault">Your login cannot be checked now. Reload the page later.</p>`;
  const roles = visitor.roles.map(({ role, integrations, more }): Detail => {
    const names = integrations === 'all' ? 'all integrations' : integrations.join(', ');
    return [ROLE_NAMES[role], more > 0 ? `${names} and ${more} more` : names];
  });
  return html`${list([...visitor.details, ...roles])}
    <form method="post" action="/logout">
      <input type="hidden" name="csrfToken" value="${visitor.csrfToken}" /><button class="second">Log out</button>
    </form>`;
}

const list = (details: readonly Detail[]): Html =>
  html`<dl>
    ${details.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${breakable(value)}</dd>
        </div>`,
    )}
  </dl>`;

/** Breaks long e-mail addresses at the `@`. */
const breakable = (text: string): Html[] => text.split(/(?=@)/).map((part, at) => html`${at > 0 ? WBR : ''}${part}`);
const WBR = html`<wbr />`;

const LINKS = html`<h2>Where to go</h2>
  <ul>
    <li><a href="/api/docs">API reference</a></li>
    <li><a href="/catalog">Integration types</a></li>
  </ul>
  <h2>Guides in the repository</h2>
  <ul>
    ${GUIDES.map(([title, path]) => html`<li>${title}: <code>${path}</code></li>`)}
  </ul>`;
