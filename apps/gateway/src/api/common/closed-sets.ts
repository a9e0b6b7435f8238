import { valuesOf } from '@tidegate/contracts';
import { type Attribute, SCIM_ERRORS } from '@tidegate/scim';
import { type Credential, type Maker } from '../../callers/caller.js';
import { CATALOG, type InputKind, type IntegrationField } from '../../integrations/catalog.js';
import { type StatusCode } from '../../integrations/lifecycle.rule.js';
import { type GrantType } from '../../oauth/oauth-clients.queries.js';

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
const types = Object.values(CATALOG);

export const MAKER_KINDS = valuesOf<Maker['kind']>({ person: true, apiKey: true });
export const CREDENTIAL_KINDS = valuesOf<Credential['kind']>({ token: true, oauth: true });
export const GRANT_TYPES = valuesOf<GrantType>({ authorization_code: true, client_credentials: true });

export const TOKEN_STATUSES = valuesOf<'active' | 'expired'>({ active: true, expired: true });
export const TRUE_FALSE = valuesOf<'true' | 'false'>({ true: true, false: true });

export const STATUS_CODES = valuesOf<StatusCode>({
  waiting_for_first_call: true,
  connected: true,
  credential_refused: true,
  credential_expired: true,
  credential_expiring: true,
  calls_failing: true,
  calls_missed: true,
  requests_undecidable: true,
  calls_refused: true,
  silent: true,
  disabled_by_administrator: true,
});

export const CAPABILITIES = distinct<string>(types.flatMap(({ capabilities }) => [...capabilities]));
export const AUTHENTICATIONS = distinct<string>(types.flatMap(({ authentication }) => [...authentication]));
export const CATEGORIES = distinct<string>(types.map(({ category }) => category));
export const GUIDES = distinct<string>(types.map(({ guide }) => guide));
export const FIELD_NAMES = distinct<IntegrationField['name']>(
  types.flatMap(({ fields }) => fields.map(({ name }) => name)),
);
export const INPUT_KINDS = valuesOf<InputKind>({
  text: true,
  texts: true,
  choice: true,
  wholeNumber: true,
  json: true,
});

export const SCIM_TYPES = distinct<string>(
  Object.values(SCIM_ERRORS).flatMap((error) => ('scimType' in error ? [error.scimType] : [])),
);

/** Of the attributes in schema extensions (RFC 7643 §7). */
export const ATTRIBUTE_TYPES = valuesOf<Attribute['type']>({
  string: true,
  boolean: true,
  decimal: true,
  integer: true,
  dateTime: true,
  reference: true,
  binary: true,
  complex: true,
});
export const MUTABILITIES = valuesOf<Exclude<Attribute['mutability'], 'readOnly' | 'writeOnly'>>({
  readWrite: true,
  immutable: true,
});
export const RETURNED = valuesOf<Exclude<Attribute['returned'], 'never'>>({
  default: true,
  always: true,
  request: true,
});
export const UNIQUENESSES = valuesOf<Exclude<Attribute['uniqueness'], 'server' | 'global'>>({ none: true });
