import { type AppKind } from '../app-kind.js';

/** An app as the catalog, or the wizard, offers it. */
export interface CatalogEntry {
  label: string;
  description: string;
  kind: AppKind;
  /**
   * `oauth`: the button "Authenticate with …"; `bearer`: a token after `Bearer`; `header`: a token without a scheme
   * (https://developer.okta.com/docs/guides/submit-oin-app/scim/main/).
   */
  authentication: 'oauth' | 'bearer' | 'header';
  /** Whether the addresses are made of a host and the connection id, or typed in. */
  address: 'connection id' | 'typed';
}

export type CatalogKey = keyof typeof CATALOG;

/** What "Browse App Catalog" finds, and the two ways of the App Integration Wizard. */
export const CATALOG = {
  'tidegate-scim': {
    label: 'Tidegate SCIM',
    description: 'As a listed app would be: a Connection ID, and "Authenticate with Tidegate".',
    kind: 'oin',
    authentication: 'oauth',
    address: 'connection id',
  },
  'scim2-header': {
    label: 'SCIM 2.0 Test App (Header Auth)',
    description: 'A base URL, and an API token that is sent without a scheme.',
    kind: 'oin',
    authentication: 'header',
    address: 'typed',
  },
  'scim2-bearer': {
    label: 'SCIM 2.0 Test App (OAuth Bearer Token)',
    description: 'A base URL, and a token that is pasted and sent after Bearer.',
    kind: 'oin',
    authentication: 'bearer',
    address: 'typed',
  },
  'wizard-oauth': {
    label: 'Wizard app (SCIM, OAuth 2)',
    description: 'Create App Integration, SCIM, authentication mode OAuth 2. Changes everything by PUT.',
    kind: 'aiw',
    authentication: 'oauth',
    address: 'typed',
  },
  'wizard-header': {
    label: 'Wizard app (SCIM, HTTP Header)',
    description: 'Create App Integration, SCIM, authentication mode HTTP Header. Changes everything by PUT.',
    kind: 'aiw',
    authentication: 'bearer',
    address: 'typed',
  },
} as const satisfies Record<string, CatalogEntry>;

export function isCatalogKey(key: string): key is CatalogKey {
  return Object.hasOwn(CATALOG, key);
}
