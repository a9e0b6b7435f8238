import { randomBytes } from 'node:crypto';
import { Refused } from './refused.js';

/** An "OIDC - Web Application": somebody whose users log in at this organization. */
export interface LoginClient {
  clientId: string;
  clientSecret: string;
  label: string;
  /** How it authenticates at the token endpoint: that way only. */
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

/** Applications → Create App Integration → OIDC: the clients of the organization's login. */
export class LoginClients {
  readonly #clients = new Map<string, LoginClient>();

  /** @throws Refused when a redirect URI is no URL or has a fragment (RFC 6749 §3.1.2) */
  create(options: NewLoginClient): LoginClient {
    const { label, redirectUris, postLogoutRedirectUris = [], clientAuthentication = 'basic' } = options;
    if (!label) throw new Refused('App name: enter one.');
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

  /** Takes up what a file held. */
  restore(client: LoginClient): void {
    this.#clients.set(client.clientId, client);
  }

  remove(clientId: string): void {
    if (!this.#clients.delete(clientId)) throw new Refused(`There is no client ${clientId}.`, 404);
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
