import { type AppKind } from '../app-kind.js';

/** An app type of the catalog or the wizard. */
export interface CatalogEntry {
  label: string;
  description: string;
  kind: AppKind;
  /**
   * `oauth`: the button "Authenticate with …"; `bearer`: a token after `Bearer`; `header`: a token without a scheme
   * (https://developer.okta.com/docs/guides/submit-oin-app/scim/main/).
   */
  authentication: 'oauth' | 'bearer' | 'header';
  /** Whether URLs are built from a host and the connection id, or entered. */
  address: 'connection id' | 'typed';
}

export type CatalogKey = keyof typeof CATALOG;

/** Apps of "Browse App Catalog", and the two types of the App Integration Wizard. */
export const CATALOG = {
  'tidegate-scim': {
    label: 'Tidegate SCIM',
    description: 'Like a listed app: a Connection ID and "Authenticate with Tidegate".',
    kind: 'oin',
    authentication: 'oauth',
    address: 'connection id',
  },
  'scim2-header': {
    label: 'SCIM 2.0 Test App (Header Auth)',
    description: 'A base URL and an API token, which is sent without a scheme.',
    kind: 'oin',
    authentication: 'header',
    address: 'typed',
  },
  'scim2-bearer': {
    label: 'SCIM 2.0 Test App (OAuth Bearer Token)',
    description: 'A base URL and a token, which is sent after Bearer.',
    kind: 'oin',
    authentication: 'bearer',
    address: 'typed',
  },
  'wizard-oauth': {
    label: 'Wizard app (SCIM, OAuth 2)',
    description: 'Create App Integration, SCIM, authentication mode OAuth 2. Sends all changes by PUT.',
    kind: 'aiw',
    authentication: 'oauth',
    address: 'typed',
  },
  'wizard-header': {
    label: 'Wizard app (SCIM, HTTP Header)',
    description: 'Create App Integration, SCIM, authentication mode HTTP Header. Sends all changes by PUT.',
    kind: 'aiw',
    authentication: 'bearer',
    address: 'typed',
  },
} as const satisfies Record<string, CatalogEntry>;

export function isCatalogKey(key: string): key is CatalogKey {
  return Object.hasOwn(CATALOG, key);
}
