import { html, type Page, pageOf } from '../http/html.pages.js';
import { CATALOG, type IntegrationTypeId } from '../integrations/catalog.js';

/** What an identity provider can do. */
const CAPABILITIES: Readonly<Record<(typeof CATALOG)[IntegrationTypeId]['capabilities'][number], string>> = {
  push_users: 'Create users',
  push_user_attributes: 'Change attributes of users',
  push_deactivate_user: 'Deactivate users',
  push_groups: 'Create groups and change their members',
  import_users: 'Import users from Tidegate',
};

/** @returns the page of the integration types */
export function catalogPage(): Page {
  const types = Object.entries(CATALOG).map(
    ([id, { title, description, capabilities, guide }]) =>
      html`<section>
        <h2>${title}</h2>
        <p>${description}</p>
        <ul>
          ${capabilities.map((each) => html`<li>${CAPABILITIES[each]}</li>`)}
        </ul>
        <dl>
          <div>
            <dt>Type</dt>
            <dd><code>${id}</code></dd>
          </div>
          <div>
            <dt>Guide</dt>
            <dd><code>${guide}</code></dd>
          </div>
        </dl>
      </section>`,
  );
  return pageOf(
    'Integration types',
    html`<p>
        An integration connects one identity provider. Administrators create it with
        <a href="/api/docs#/integrations/createIntegration">the API</a>, with one of these types. The guides are in the
        repository.
      </p>
      ${types}
      <a class="button second" href="/">Go to the start page</a>`,
  );
}
