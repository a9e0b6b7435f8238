import { html, type Page, pageOf } from '../http/page.js';

/** Why nobody was sent back to where they came from. */
export function errorPage(sentence: string): Page {
  return pageOf(
    'This cannot go on',
    html`<p>${sentence}</p>
      <p class="soft">Nothing was granted. Close this window and start again where you came from.</p>`,
  );
}

/** What an administrator decides about. */
export interface Consent {
  integration: { name: string; domain: string };
  /** Who is logged in. */
  administrator: string;
  /** Where the browser goes afterwards. */
  redirectUri: string;
  csrfToken: string;
}

/** Asks whether Okta may write to an integration. */
export function consentPage({ integration, administrator, redirectUri, csrfToken }: Consent): Page {
  const { host, origin } = new URL(redirectUri);
  return pageOf(
    `Let Okta provision “${integration.name}”?`,
    html`<p>Okta asks for lasting access to this integration. Approve only if you have just asked Okta for it.</p>
      <dl>
        <div>
          <dt>Integration</dt>
          <dd>${integration.name}</dd>
        </div>
        <div>
          <dt>Okta domain</dt>
          <dd>${integration.domain}</dd>
        </div>
        <div>
          <dt>Returns to</dt>
          <dd>${host}</dd>
        </div>
      </dl>
      <p>Okta will be able to</p>
      <ul>
        <li>read, create, change and deactivate the users of this integration,</li>
        <li>read, create, change and delete its groups and their members,</li>
        <li>and go on doing so until the access is revoked in Tidegate.</li>
      </ul>
      <p class="soft">It gets no access to other integrations, to access flows or to settings.</p>
      <p class="soft">You are logged in as ${administrator}.</p>
      <form method="post" class="choice">
        <input type="hidden" name="csrfToken" value="${csrfToken}" />
        <button name="decision" value="approve">Approve</button>
        <button name="decision" value="cancel" class="second">Cancel</button>
      </form>`,
    [origin],
  );
}
