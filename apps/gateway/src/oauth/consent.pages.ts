import { html, type Page, pageOf } from '../http/html.pages.js';

/** @returns the page for an error that cannot be sent to the redirect URI */
export function errorPage(sentence: string): Page {
  return pageOf(
    'Authorization failed',
    html`<p>${sentence}</p>
      <p class="soft">No access was granted. Close this window and start again.</p>`,
  );
}

/** The data of the consent page. */
export interface Consent {
  integration: { name: string; domain: string };
  /** The logged-in administrator. */
  administrator: string;
  /** Target after the decision. */
  redirectUri: string;
  csrfToken: string;
}

/** @returns the consent page for the access of Okta to an integration */
export function consentPage({ integration, administrator, redirectUri, csrfToken }: Consent): Page {
  const { host, origin } = new URL(redirectUri);
  return pageOf(
    `Allow Okta to provision “${integration.name}”?`,
    html`<p>Okta requests access to this integration. Approve only if you started this in Okta just now.</p>
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
        <li>and keep this access until it is revoked in Tidegate.</li>
      </ul>
      <p class="soft">Okta gets no access to other integrations, access flows or settings.</p>
      <p class="soft">You are logged in as ${administrator}.</p>
      <form method="post" class="choice">
        <input type="hidden" name="csrfToken" value="${csrfToken}" />
        <button name="decision" value="approve">Approve</button>
        <button name="decision" value="cancel" class="second">Cancel</button>
      </form>`,
    [origin],
  );
}
