import { type AppInstance } from '../org/app-instance.js';
import { CATALOG } from '../org/catalog.js';
import { type OktaOrg } from '../org/okta-org.js';
import { LIFECYCLE, type Lifecycle } from '../org/people.js';
import { type OktaGroup, type Person } from '../organization.js';
import { type Html, html } from './html.js';
import { button, check, field, select, state, table } from './layout.js';
import { allTasks } from './views.js';

export function appsPage({ apps }: OktaOrg): Html {
  const rows = [...apps.values()].map(
    (app) =>
      html`<tr>
        <td><a href="/admin/apps/${app.id}/general">${app.general.label}</a></td>
        <td>${app.entry.label}</td>
        <td>${state(app.enabled ? 'active' : 'inactive')}</td>
        <td>${failures(app)}</td>
      </tr>`,
  );
  return html`<p><a href="/admin/apps/catalog">Browse App Catalog</a></p>
    <section>${table(['App', 'From the catalog', 'API integration', ''], rows, 'No apps.')}</section>`;
}

function failures({ tasks }: AppInstance): Html | false {
  const count = tasks.failed.length;
  return count > 0 && html`<a href="/admin/tasks">${count} failed</a>`;
}

export function catalogPage(query: string): Html {
  const search = query.toLowerCase();
  const matches = Object.entries(CATALOG).filter(([, { label }]) => label.toLowerCase().includes(search));
  const entries = matches.map(
    ([key, { label, description }]) =>
      html`<section>
        <h2>${label}</h2>
        <p>${description}</p>
        <form class="row" method="post" action="/admin/apps">
          <input type="hidden" name="key" value="${key}" /> ${field('label', 'Application label', label)}<button
            class="main"
          >
            Add Integration
          </button>
        </form>
      </section>`,
  );
  return html`<form class="row" method="get">
      <label>Search<input type="text" name="q" value="${query}" /></label><button>Search</button>
    </form>
    <p></p>
    ${entries.length > 0 ? entries : html`<p class="hint">No app matches.</p>`}`;
}

export function peoplePage({ directory }: OktaOrg): Html {
  const rows = [...directory.people.values()].map(
    (person) =>
      html`<tr>
        <td><a href="/admin/people/${person.id}">${person.profile.userName}</a></td>
        <td>${person.profile.displayName}</td>
        <td>${state(person.status)}</td>
        <td><code>${person.id}</code></td>
      </tr>`,
  );
  return html`<section>
      <h2>Add person</h2>
      <form method="post" action="/admin/people">
        ${field('givenName', 'First name')} ${field('familyName', 'Last name')}
        ${field('userName', 'Username', '', { hint: 'An e-mail address.' })}
        ${field('password', 'Password', '', { type: 'password', hint: 'Optional. Required to log in.' })}
        ${check('activate', 'Activate now', true)}<button class="main">Save</button>
      </form>
    </section>
    <section>${table(['Username', 'Name', 'Status', 'Okta id'], rows, 'No people.')}</section>`;
}

export function personPage(person: Person, { directory }: OktaOrg): Html {
  const path = `/admin/people/${person.id}`;
  const { name, userName, displayName } = person.profile;
  const possible = (Object.keys(LIFECYCLE) as Lifecycle[]).filter((each) =>
    LIFECYCLE[each].from.some((status) => status === person.status),
  );
  const groups = [...directory.groups.values()].filter((group) => group.members.has(person)).map((group) => group.name);
  return html`<section>
      <p>${state(person.status)} <code>${person.id}</code></p>
      <div class="row">
        ${possible.map((each) => button(`${path}/lifecycle`, capitalized(each), { action: each }))}
        ${person.status === 'DEPROVISIONED' && button(`${path}/remove`, 'Delete')}
      </div>
      <p class="hint">Groups: ${groups.join(', ') || 'none'}</p>
    </section>
    <section>
      <h2>Profile</h2>
      <form method="post" action="${path}/profile">
        ${field('userName', 'Username', userName)} ${field('givenName', 'First name', text(name['givenName']))}
        ${field('familyName', 'Last name', text(name['familyName']))}
        ${field('displayName', 'Display name', displayName)}
        ${field('title', 'Title', text(person.profile['title']))}<button class="main">Save</button>
      </form>
    </section>
    <section>
      <h2>Password</h2>
      <form class="row" method="post" action="${path}/password">
        ${field('password', 'New password', '', { type: 'password' })}<button>Set</button>
      </form>
    </section>`;
}

export function groupsPage({ directory }: OktaOrg): Html {
  const rows = [...directory.groups.values()].map(
    (group) =>
      html`<tr>
        <td><a href="/admin/groups/${group.id}">${group.name}</a></td>
        <td>${group.members.size}</td>
        <td><code>${group.id}</code></td>
      </tr>`,
  );
  return html`<section>
      <h2>Add group</h2>
      <form class="row" method="post" action="/admin/groups">
        ${field('name', 'Name')}<button class="main">Save</button>
      </form>
    </section>
    <section>${table(['Name', 'Members', 'Okta id'], rows, 'No groups.')}</section>`;
}

export function groupPage(group: OktaGroup, { directory }: OktaOrg): Html {
  const path = `/admin/groups/${group.id}`;
  const others = [...directory.people.values()].filter((person) => !group.members.has(person));
  const rows = [...group.members].map(
    (person) =>
      html`<tr>
        <td>${person.profile.userName}</td>
        <td>${state(person.status)}</td>
        <td>${button(`${path}/members/remove`, 'Remove', { person: person.id })}</td>
      </tr>`,
  );
  return html`<section>
      <form class="row" method="post" action="${path}/name">
        ${field('name', 'Name', group.name)}<button>Rename</button>
      </form>
    </section>
    <section>
      <h2>Members</h2>
      <form class="row" method="post" action="${path}/members">
        ${select(
          'person',
          'Add a person',
          others.map((each) => [each.id, each.profile.userName]),
        )}<button>Add</button>
      </form>
      <p></p>
      ${table(['Username', 'Status', ''], rows, 'No members.')}
    </section>`;
}

export function clientsPage({ loginClients }: OktaOrg, issuer: string): Html {
  const rows = loginClients.all.map(
    (client) =>
      html`<tr>
        <td>${client.label}</td>
        <td><code>${client.clientId}</code></td>
        <td>${client.redirectUris.join(' ')}</td>
        <td>${button(`/admin/clients/${client.clientId}/remove`, 'Remove')}</td>
      </tr>`,
  );
  const methods = [
    ['basic', 'HTTP Basic'],
    ['post', 'In the body'],
  ] as const;
  return html`<p>Issuer: <code>${issuer}</code></p>
    <section>
      <h2>Add a web application (OpenID Connect)</h2>
      <form method="post" action="/admin/clients">
        ${field('label', 'App name')}
        <label
          >Sign-in redirect URIs<small>One per line.</small><textarea name="redirectUris" rows="2"></textarea>
        </label>
        <label>Sign-out redirect URIs<textarea name="postLogoutRedirectUris" rows="2"></textarea></label>
        ${select('clientAuthentication', 'Client authentication', methods)}<button class="main">Save</button>
      </form>
    </section>
    <section>${table(['App', 'Client ID', 'Redirect URIs', ''], rows, 'No clients.')}</section>`;
}

export function tasksPage(org: OktaOrg): Html {
  const rows = allTasks(org).map(
    (task) =>
      html`<tr>
        <td>
          ${task.state === 'failed' && html`<input type="checkbox" name="task" value="${task.id}" aria-label="select" />`}
        </td>
        <td>${task.label}</td>
        <td>${task.app}</td>
        <td>${state(task.state)}</td>
        <td>
          ${task.state === 'failed' && `${task.status ?? 'no response'}: ${task.detail}`}
          ${task.resumesAt !== undefined && `until ${new Date(task.resumesAt).toISOString()}`}
        </td>
      </tr>`,
  );
  return html`<section>
    <form method="post" action="/admin/tasks/retry">
      <p>
        <button class="main">Retry Selected</button>
        <span class="hint">Only a 429 response is retried automatically.</span>
      </p>
      ${table(['', 'Task', 'App', 'State', ''], rows, 'No tasks.')}
    </form>
  </section>`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
