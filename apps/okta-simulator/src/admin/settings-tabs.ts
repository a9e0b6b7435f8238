import { type AppInstance } from '../org/app-instance.js';
import { type JsonObject, type JsonValue } from '../json.js';
import { redirectUri } from '../org/settings.js';
import { type Html, html } from './html.js';
import { button, check, field, select, table } from './layout.js';

export function general({ general: set, entry }: AppInstance, at: string): Html {
  const oauth = html`${field('clientId', 'Client ID', set.clientId)}
    ${field('clientSecret', 'Client secret', '', { type: 'password', placeholder: set.clientSecret && 'is set; leave empty to keep it' })}
    ${select(
      'clientAuthentication',
      'Client authentication',
      [
        ['basic', 'HTTP Basic'],
        ['post', 'In the body'],
      ],
      set.clientAuthentication,
    )}
    ${field('scopes', 'Scopes', set.scopes, { hint: 'Separated by spaces. A refresh token has to be asked for.' })}
    ${check('pkce', 'PKCE', set.pkce, 'Whether Okta uses it is not published.')}
    ${field('appName', 'Okta app name', set.appName, { hint: 'Part of the redirect URI.' })}
    ${field('callbackOrigin', 'Origin of the callback', set.callbackOrigin)}
    <p class="hint">Redirect URI: <code>${redirectUri(set)}</code></p>`;
  const catalog = html`${select(
    'profileUpdates',
    'Profile updates',
    [
      ['put', 'GET, then PUT'],
      ['patch', 'PATCH without a path'],
    ],
    set.profileUpdates,
  )}
  ${field('changesPerPatch', 'Group changes in one PATCH', set.changesPerPatch, { type: 'number', hint: '100 to 1000.' })}`;
  return html`<section>
      <h2>App settings</h2>
      <form method="post" action="${at}/general">
        ${field('label', 'Application label', set.label)}
        ${entry.address === 'connection id' && field('host', 'Host of Tidegate', set.host, { hint: 'https://tidegate.example.com' })}
        ${entry.authentication === 'oauth' && oauth} ${entry.kind === 'oin' && catalog}
        <button class="main">Save</button>
      </form>
    </section>
    <section>
      <h2>Remove</h2>
      ${button(`${at}/remove`, 'Remove this app')}
      <p class="hint">Nothing is sent.</p>
    </section>`;
}

export function provisioning({ connection, entry }: AppInstance, at: string): Html {
  const { settings, tokens } = connection.draft;
  const address =
    entry.address === 'connection id'
      ? field('connectionId', 'Connection ID', settings.connectionId, {
          hint: 'The id of the integration in Tidegate.',
        })
      : field('baseUrl', 'Base URL', settings.baseUrl, { hint: 'https://tidegate.example.com/scim/v2/…' });
  const endpoints = html`${field('authorizeUrl', 'Authorization endpoint', settings.authorizeUrl)}
  ${field('tokenUrl', 'Access token endpoint', settings.tokenUrl)}`;
  const authenticate = html`<p>
    <button formaction="${at}/authenticate">Authenticate with Tidegate</button>
    <span class="hint">${tokens ? 'Authenticated: tokens are here.' : 'Not authenticated yet.'}</span>
  </p>`;
  const token = field('token', 'API token', '', {
    type: 'password',
    placeholder: settings.token && 'is set; leave empty to keep it',
  });
  return html`<section>
    <h2>Integration</h2>
    <form method="post" action="${at}/integration">
      ${check('enabled', 'Enable API integration', settings.enabled)} ${address}
      ${entry.authentication === 'oauth' && entry.address === 'typed' && endpoints}
      ${entry.authentication === 'oauth' ? authenticate : token}
      <p class="row"><button formaction="${at}/test">Test API Credentials</button><button class="main">Save</button></p>
      ${connection.draft !== connection.saved && html`<p class="hint">There are changes that are not saved.</p>`}
    </form>
  </section>`;
}

export function toApp({ toApp: on }: AppInstance, at: string): Html {
  return html`<section>
    <h2>Provisioning to App</h2>
    <form method="post" action="${at}/to-app">
      ${check('create', 'Create Users', on.create, 'Creates or links a user when the app is assigned.')}
      ${check('update', 'Update User Attributes', on.update, 'Sends profile changes of assigned users.')}
      ${check('deactivate', 'Deactivate Users', on.deactivate, 'When the app is unassigned or the user deactivated.')}
      <button class="main">Save</button>
    </form>
  </section>`;
}

export function toOkta({ imported }: AppInstance, at: string): Html {
  return html`<section>
      <h2>Import</h2>
      ${button(`${at}/import`, 'Import Now')}
      <p class="hint">Users who are not active are not imported.</p>
    </section>
    ${imported && found('users', 'userName', imported.users)}
    ${imported && found('groups', 'displayName', imported.groups)}`;
}

function found(kind: string, name: string, resources: JsonObject[]): Html {
  const text = (value: JsonValue | undefined) => (typeof value === 'string' ? value : '');
  const rows = resources.map(
    (resource) =>
      html`<tr>
        <td>${text(resource[name])}</td>
        <td><code>${text(resource['id'])}</code></td>
      </tr>`,
  );
  return html`<section>
    <h2>Found ${resources.length} ${kind}</h2>
    ${table(['Name', 'Id'], rows, 'None.')}
  </section>`;
}
