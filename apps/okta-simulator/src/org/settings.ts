import { CHANGES_PER_PATCH } from '../group-push.js';
import { type OAuthSettings } from './oauth-client.js';
import { type CatalogEntry } from './catalog.js';
import { Refused } from './refused.js';

/** The tab General, and settings that the publisher of a listed app sets for all organizations. */
export interface GeneralSettings {
  label: string;
  /** The string between `/app/` and `/instance/` in the URL of the app's page; part of the redirect URI. */
  appName: string;
  /** Origin of the callback; `https://system-admin.okta.com` in Okta. */
  callbackOrigin: string;
  /** Origin of Tidegate, for apps with a connection id. */
  host: string;
  clientId: string;
  clientSecret: string;
  clientAuthentication: 'basic' | 'post';
  pkce: boolean;
  /** Separated by spaces; if empty, the parameter is not sent. */
  scopes: string;
  /** How catalog apps update profiles; wizard apps always use PUT. */
  profileUpdates: 'put' | 'patch';
  /** Group changes per PATCH: 100 to 1000. */
  changesPerPatch: number;
}

/** Provisioning → Integration. */
export interface IntegrationSettings {
  enabled: boolean;
  connectionId: string;
  baseUrl: string;
  authorizeUrl: string;
  tokenUrl: string;
  /** Entered token, for apps without "Authenticate with …". */
  token: string;
}

/** Provisioning → To App: disabled operations send nothing. */
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
    // Required for a refresh token, by Okta's documentation.
    scopes: 'offline_access',
    ...{ profileUpdates: 'put', changesPerPatch: CHANGES_PER_PATCH },
  };
}

/**
 * @returns the SCIM base URL of an app
 * @throws Refused if a setting for the URL is missing or invalid
 */
export function scimBaseUrl(entry: CatalogEntry, general: GeneralSettings, integration: IntegrationSettings): string {
  if (entry.address === 'typed') return requireUrl('Base URL', integration.baseUrl);
  return `${requireUrl('Host of Tidegate', general.host)}/scim/v2/${connectionId(integration)}`;
}

/** @throws Refused like scimBaseUrl, and without a client id */
export function oauthSettings(
  entry: CatalogEntry,
  general: GeneralSettings,
  integration: IntegrationSettings,
): OAuthSettings {
  if (!general.clientId) throw new Refused('Client ID: enter it on the tab General first.');
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

/** @returns the URL without trailing slashes. @throws Refused */
function requireUrl(name: string, value: string): string {
  const { protocol } = URL.canParse(value) ? new URL(value) : { protocol: '' };
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new Refused(`${name}: "${value}" is not an http or https URL.`);
  return value.replace(/\/+$/, '');
}
