import { randomBytes } from 'node:crypto';
import { Refused } from './refused.js';

/** An "OIDC - Web Application", whose users log in at this organization. */
export interface LoginClient {
  clientId: string;
  clientSecret: string;
  label: string;
  /** The only accepted authentication method at the token endpoint. */
  clientAuthentication: 'basic' | 'post';
  redirectUris: string[];
  postLogoutRedirectUris: string[];
}

export interface NewLoginClient {
  label: string;
  clientAuthentication?: LoginClient['clientAuthentication'];
  redirectUris: string[];
  postLogoutRedirectUris?: string[];
}

/** Applications → Create App Integration → OIDC: OpenID Connect clients of the organization. */
export class LoginClients {
  readonly #clients = new Map<string, LoginClient>();

  /** @throws Refused if a redirect URI is not a URL or has a fragment (RFC 6749 §3.1.2) */
  create(options: NewLoginClient): LoginClient {
    const { label, redirectUris, postLogoutRedirectUris = [], clientAuthentication = 'basic' } = options;
    if (!label) throw new Refused('App name: enter a name.');
    if (redirectUris.length === 0) throw new Refused('Sign-in redirect URIs: enter at least one.');
    for (const uri of [...redirectUris, ...postLogoutRedirectUris]) checkUri(uri);
    const client: LoginClient = {
      clientId: `0oa${randomBytes(9).toString('hex').slice(0, 17)}`,
      clientSecret: randomBytes(32).toString('base64url'),
      ...{ label, clientAuthentication, redirectUris, postLogoutRedirectUris },
    };
    this.restore(client);
    return client;
  }

  /** Restores a stored client. */
  restore(client: LoginClient): void {
    this.#clients.set(client.clientId, client);
  }

  remove(clientId: string): void {
    if (!this.#clients.delete(clientId)) throw new Refused(`Client ${clientId} does not exist.`, 404);
  }

  find(clientId: string): LoginClient | undefined {
    return this.#clients.get(clientId);
  }

  get all(): LoginClient[] {
    return [...this.#clients.values()];
  }
}

function checkUri(uri: string): void {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!web || uri.includes('#'))
    throw new Refused(`Redirect URIs: "${uri}" is not an http or https URL without a fragment.`);
}
