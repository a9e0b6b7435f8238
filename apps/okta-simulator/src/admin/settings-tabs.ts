import { type AppInstance } from '../org/app-instance.js';
import { type JsonObject, type JsonValue } from '../json.js';
import { redirectUri } from '../org/settings.js';
import { type Html, html } from './html.js';
import { button, check, field, select, table } from './layout.js';

export function general({ general: values, entry }: AppInstance, path: string): Html {
  const oauth = html`${field('clientId', 'Client ID', values.clientId)}
    ${field('clientSecret', 'Client secret', '', { type: 'password', placeholder: values.clientSecret && 'Set. Leave empty to keep it.' })}
    ${select(
      'clientAuthentication',
      'Client authentication',
      [
        ['basic', 'HTTP Basic'],
        ['post', 'In the body'],
      ],
      values.clientAuthentication,
    )}
    ${field('scopes', 'Scopes', values.scopes, { hint: 'Separated by spaces. offline_access requests a refresh token.' })}
    ${check('pkce', 'PKCE', values.pkce, 'Okta does not document whether it uses PKCE.')}
    ${field('appName', 'Okta app name', values.appName, { hint: 'Part of the redirect URI.' })}
    ${field('callbackOrigin', 'Origin of the callback', values.callbackOrigin)}
    <p class="hint">Redirect URI: <code>${redirectUri(values)}</code></p>`;
  const catalog = html`${select(
    'profileUpdates',
    'Profile updates',
    [
      ['put', 'GET, then PUT'],
      ['patch', 'PATCH without a path'],
    ],
    values.profileUpdates,
  )}
  ${field('changesPerPatch', 'Group changes in one PATCH', values.changesPerPatch, { type: 'number', hint: '100 to 1000.' })}`;
  return html`<section>
      <h2>App settings</h2>
      <form method="post" action="${path}/general">
        ${field('label', 'Application label', values.label)}
        ${entry.address === 'connection id' && field('host', 'Host of Tidegate', values.host, { hint: 'https://tidegate.example.com' })}
        ${entry.authentication === 'oauth' && oauth} ${entry.kind === 'oin' && catalog}
        <button class="main">Save</button>
      </form>
    </section>
    <section>
      <h2>Remove</h2>
      ${button(`${path}/remove`, 'Remove this app')}
      <p class="hint">Nothing is sent to Tidegate.</p>
    </section>`;
}

export function provisioning({ connection, entry }: AppInstance, path: string): Html {
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
    <button formaction="${path}/authenticate">Authenticate with Tidegate</button>
    <span class="hint">${tokens ? 'Authenticated.' : 'Not authenticated yet.'}</span>
  </p>`;
  const token = field('token', 'API token', '', {
    type: 'password',
    placeholder: settings.token && 'Set. Leave empty to keep it.',
  });
  return html`<section>
    <h2>Integration</h2>
    <form method="post" action="${path}/integration">
      ${check('enabled', 'Enable API integration', settings.enabled)} ${address}
      ${entry.authentication === 'oauth' && entry.address === 'typed' && endpoints}
      ${entry.authentication === 'oauth' ? authenticate : token}
      <p class="row">
        <button formaction="${path}/test">Test API Credentials</button><button class="main">Save</button>
      </p>
      ${connection.draft !== connection.saved && html`<p class="hint">You have unsaved changes.</p>`}
    </form>
  </section>`;
}

export function toApp({ toApp: settings }: AppInstance, path: string): Html {
  return html`<section>
    <h2>Provisioning to App</h2>
    <form method="post" action="${path}/to-app">
      ${check('create', 'Create Users', settings.create, 'Creates or links a user when the app is assigned.')}
      ${check('update', 'Update User Attributes', settings.update, 'Sends profile changes of assigned users.')}
      ${check('deactivate', 'Deactivate Users', settings.deactivate, 'When the app is unassigned or the user deactivated.')}
      <button class="main">Save</button>
    </form>
  </section>`;
}

export function toOkta({ imported }: AppInstance, path: string): Html {
  return html`<section>
      <h2>Import</h2>
      ${button(`${path}/import`, 'Import Now')}
      <p class="hint">Inactive users are not imported.</p>
    </section>
    ${imported && importedTable('users', 'userName', imported.users)}
    ${imported && importedTable('groups', 'displayName', imported.groups)}`;
}

function importedTable(kind: string, name: string, resources: JsonObject[]): Html {
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
