import { CHANGES_PER_PATCH } from '../group-push.js';
import { type OAuthSettings } from './oauth-client.js';
import { type CatalogEntry } from './catalog.js';
import { Refused } from './refused.js';

/** The tab General, and what a listed app's publisher has set for all organizations. */
export interface GeneralSettings {
  label: string;
  /** The string between `/app/` and `/instance/` in the address of the app's page; part of the redirect URI. */
  appName: string;
  /** Origin of the callback: Okta's own is `https://system-admin.okta.com`. */
  callbackOrigin: string;
  /** Origin of Tidegate, for apps with a connection id. */
  host: string;
  clientId: string;
  clientSecret: string;
  clientAuthentication: 'basic' | 'post';
  pkce: boolean;
  /** Separated by spaces; empty: the parameter is not sent. */
  scopes: string;
  /** How catalog apps change a profile; apps of the wizard always PUT. */
  profileUpdates: 'put' | 'patch';
  /** Group changes in one PATCH: 100 to 1000. */
  changesPerPatch: number;
}

/** Provisioning → Integration. */
export interface IntegrationSettings {
  enabled: boolean;
  connectionId: string;
  baseUrl: string;
  authorizeUrl: string;
  tokenUrl: string;
  /** The pasted token of apps that have no "Authenticate with …". */
  token: string;
}

/** Provisioning → To App: an operation whose switch is off sends nothing. */
export interface ToAppSettings {
  create: boolean;
  update: boolean;
  deactivate: boolean;
}

export const NO_INTEGRATION: IntegrationSettings = {
  ...{ enabled: false, connectionId: '', baseUrl: '', authorizeUrl: '', tokenUrl: '', token: '' },
};

export function generalDefaults(
  entry: CatalogEntry,
  label: string,
  callbackOrigin: string,
  host: string,
): GeneralSettings {
  return {
    label,
    appName: entry.label.toLowerCase().replaceAll(/[^a-z0-9]+/g, ''),
    ...{ callbackOrigin, host, clientId: '', clientSecret: '', clientAuthentication: 'basic', pkce: false },
    // Okta's article on refresh tokens: the scope has to be asked for to get one.
    scopes: 'offline_access',
    ...{ profileUpdates: 'put', changesPerPatch: CHANGES_PER_PATCH },
  };
}

/**
 * Where an app finds its server.
 *
 * @throws Refused when a setting that the address is made of is missing or no URL
 */
export function scimBaseUrl(entry: CatalogEntry, general: GeneralSettings, integration: IntegrationSettings): string {
  if (entry.address === 'typed') return requireUrl('Base URL', integration.baseUrl);
  return `${requireUrl('Host of Tidegate', general.host)}/scim/v2/${connectionId(integration)}`;
}

/** @throws Refused as scimBaseUrl does, and when the client is not set */
export function oauthSettings(
  entry: CatalogEntry,
  general: GeneralSettings,
  integration: IntegrationSettings,
): OAuthSettings {
  if (!general.clientId) throw new Refused('Client ID: set it on the tab General first.');
  const { clientId, clientSecret, clientAuthentication, pkce, scopes } = general;
  const client = { clientId, clientSecret, clientAuthentication, pkce, scopes, redirectUri: redirectUri(general) };
  if (entry.address === 'typed') {
    const authorizeUrl = requireUrl('Authorization endpoint', integration.authorizeUrl);
    return { ...client, authorizeUrl, tokenUrl: requireUrl('Access token endpoint', integration.tokenUrl) };
  }
  const issuer = `${requireUrl('Host of Tidegate', general.host)}/oauth/${connectionId(integration)}`;
  return { ...client, authorizeUrl: `${issuer}/authorize`, tokenUrl: `${issuer}/token` };
}

/** https://developer.okta.com/docs/guides/scim-provisioning-integration-prepare/main/ */
export function redirectUri({ callbackOrigin, appName }: GeneralSettings): string {
  return `${callbackOrigin}/admin/app/cpc/${appName}/oauth/callback`;
}

function connectionId({ connectionId: id }: IntegrationSettings): string {
  if (!id) throw new Refused('Connection ID: enter the id of the integration.');
  return encodeURIComponent(id);
}

/** @returns the URL without slashes at its end. @throws Refused */
function requireUrl(name: string, value: string): string {
  const { protocol } = URL.canParse(value) ? new URL(value) : { protocol: '' };
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new Refused(`${name}: "${value}" is not an http or https URL.`);
  return value.replace(/\/+$/, '');
}
